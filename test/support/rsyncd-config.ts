/**
 * One module of a daemon. Every other field than the first three is the camel-cased name of a parameter of
 * rsyncd.conf(5) and means what that means, with two defaults of our own: a module can be written to, and symbolic
 * links are stored as they are. A daemon that is not root cannot chroot, and then makes absolute links relative.
 */
export interface ModuleOptions {
  readonly name: string;
  /** Names and passwords. None: everybody is let in. */
  readonly authUsers?: Readonly<Record<string, string>>;
  /** Lines for the module's section that have no field here. */
  readonly lines?: readonly string[];

  readonly comment?: string;
  readonly list?: boolean;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  readonly useChroot?: boolean;
  readonly uid?: string | number;
  readonly gid?: string | number;
  readonly numericIds?: boolean;
  readonly fakeSuper?: boolean;
  readonly mungeSymlinks?: boolean;
  readonly maxConnections?: number;
  readonly timeout?: number;
  readonly hostsAllow?: readonly string[];
  readonly hostsDeny?: readonly string[];
  readonly refuseOptions?: readonly string[];
  readonly dontCompress?: readonly string[];
  readonly exclude?: readonly string[];
  readonly include?: readonly string[];
  readonly filter?: string;
  readonly incomingChmod?: string;
  readonly outgoingChmod?: string;
  readonly ignoreErrors?: boolean;
  readonly ignoreNonreadable?: boolean;
  readonly transferLogging?: boolean;
  readonly strictModes?: boolean;
  readonly charset?: string;
  readonly tempDir?: string;
}

/** What rsyncd.conf is made of. The files named in it are the caller's to write. */
export interface ConfigParts {
  /** A daemon that is not root refuses `uid` and `gid` even when they are its own. */
  readonly isRoot: boolean;
  readonly logFile: string;
  readonly lockFile: string;
  readonly motdFile: string | undefined;
  readonly lines: readonly string[];
  readonly modules: ReadonlyArray<{
    readonly options: ModuleOptions;
    readonly path: string;
    readonly secretsFile: string;
  }>;
}

type Value = string | number | boolean | readonly string[];

/** A daemon that is root takes our ids for its modules: as root we can store files of any owner. */
const ourIds = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

export function formatConfig(parts: ConfigParts): string {
  const { isRoot, logFile, lockFile, motdFile, lines, modules } = parts;
  const sections = modules.map(({ options, path, secretsFile }) => {
    const { name, authUsers, lines: extra = [], ...parameters } = options;
    // The owner of the secrets is whoever runs the tests, which need not be the daemon's user.
    const login = authUsers && { authUsers: Object.keys(authUsers), secretsFile, strictModes: false };
    const rights = { useChroot: isRoot, ...(isRoot && ourIds) };
    const defaults = { readOnly: false, mungeSymlinks: false, ...rights };
    return [`[${name}]`, ...formatParameters({ path, ...defaults, ...login, ...parameters }), ...extra];
  });
  const global = { logFile, lockFile, reverseLookup: false, ...(motdFile !== undefined && { motdFile }) };
  return [...formatParameters(global), ...lines, ...sections.flat(), ''].join('\n');
}

export function formatSecrets(authUsers: Readonly<Record<string, string>>): string {
  return Object.entries(authUsers)
    .map(([user, password]) => `${user}:${password}\n`)
    .join('');
}

function formatParameters(parameters: Readonly<Record<string, Value>>): string[] {
  return Object.entries(parameters).map(
    ([name, value]) => `${name.replaceAll(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`)} = ${formatValue(value)}`,
  );
}

function formatValue(value: Value): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'object' ? value.join(' ') : String(value);
}
