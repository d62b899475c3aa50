/** What a session failed of, as far as it decides what to call that. */
export interface Trouble {
  readonly message: string;
  /** Of the error: `ERR_RSYNC_CLOSED`. */
  readonly code: string;
}

const OUT_OF_REACH = 'the remote is out of reach';

const byCode: Readonly<Record<string, string>> = {
  ERR_RSYNC_AUTHENTICATION: 'login refused',
  ERR_RSYNC_ACCESS_DENIED: 'access refused: the module is not open to this host',
  ERR_RSYNC_UNKNOWN_MODULE: 'no such module',
  ERR_RSYNC_TOO_MANY_CONNECTIONS: 'the module has no free connection',
  ERR_RSYNC_SET_UP: 'the remote closed the connection before the transfer',
  ERR_RSYNC_USAGE: 'the settings cannot be used',
  ERR_RSYNC_UNSUPPORTED: 'the settings cannot be used with this remote',
  ERR_RSYNC_PROTOCOL: 'the remote cannot be understood',
  ERR_RSYNC_STREAM: 'the remote cannot be understood',
};

/** Words of rsync, the first that is found counts. */
const byText: readonly (readonly [RegExp, string])[] = [
  [/received SIGINT, SIGTERM, or SIGHUP|\(code 20\)|received SIGUSR1/, 'the server was stopped'],
  [/closed the connection during the login/, 'the remote closed the connection during the login'],
  [/read[- ]only/i, 'the module is read only'],
  [/no space left|disk quota|\(28\)|\(122\)/i, 'the disk of the remote is full'],
  [/password file/i, 'the password file cannot be used'],
  [/ch(?:dir|root|ange_dir).*failed|no such file or directory \(2\)/i, "the module's folder is missing"],
  [/refuse|unknown option|not (?:allowed|permitted)/i, 'the remote refuses an option'],
];

/** A few words for what is wrong with a remote as a whole; the reason behind them is what it said itself. */
export function headlineOf({ message, code }: Trouble): string {
  const isExact = code in byCode && code !== 'ERR_RSYNC_USAGE';
  const said = isExact ? undefined : byText.find(([pattern]) => pattern.test(message))?.[1];
  const isReached =
    code === 'ERR_RSYNC_REMOTE_EXIT' || code === 'ERR_RSYNC_DAEMON' || code === 'ERR_RSYNC_USAGE';
  if (said !== undefined && isReached) return said;
  return byCode[code] ?? (isReached ? 'the remote ends every session' : OUT_OF_REACH);
}
