import { execFile } from 'node:child_process';

export interface RsyncResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RsyncOptions {
  /** For the daemon's login. */
  readonly password?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** `latin1` shows every byte. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Send at once what is small; a server that does the same, see {@link NO_DELAY}, then answers ten times as fast. */
  readonly noDelay?: boolean;
}

/** A line of rsyncd.conf. Without it each turn of a session with the real client waits 40 ms for an acknowledgement. */
export const NO_DELAY = 'socket options = TCP_NODELAY';

/** Runs the real rsync as a client. */
export function rsync(args: readonly string[], options: RsyncOptions = {}): Promise<RsyncResult> {
  const { password, environment, encoding = 'utf8', noDelay = false } = options;
  const words = noDelay ? ['--sockopts=TCP_NODELAY', ...args] : args;
  const login = password === undefined ? {} : { RSYNC_PASSWORD: password };
  const env = { ...process.env, LC_ALL: 'C', ...login, ...environment };
  return new Promise((resolve, reject) => {
    const child = execFile('rsync', words, { env, encoding }, (error, stdout, stderr) => {
      if (child.exitCode === null) reject(error);
      else resolve({ exitCode: child.exitCode, stdout, stderr });
    });
    child.stdin?.end();
  });
}
