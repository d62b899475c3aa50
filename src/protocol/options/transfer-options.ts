import type { ChecksumChoice, CompressChoice } from './algorithm-names.ts';

/**
 * How a transfer is done, in rsync's own words: every field is the camel-cased name of an rsync option and means what
 * that option means. A field that is left out is off (or rsync's default). Sizes are bytes, times are seconds.
 *
 * Source: rsync(1); what reaches the server and how: docs/protocol chapter 1, section 8.
 */
export interface TransferOptions {
  // What is transferred
  readonly recursive?: boolean;
  /** `-d`: folders are sent without what they hold. */
  readonly dirs?: boolean;
  readonly relative?: boolean;
  /** False for `--no-implied-dirs`. */
  readonly impliedDirs?: boolean;
  /** Names to send, relative to the single source: a file, or `-` for standard input. */
  readonly filesFrom?: string;
  /** `-0`: names and patterns in files end with NUL instead of a newline. */
  readonly from0?: boolean;
  /** `-x` is 1; `-xx`, which also leaves out the mount points themselves, is 2. */
  readonly oneFileSystem?: 0 | 1 | 2;
  readonly maxSize?: number;
  readonly minSize?: number;
  readonly existing?: boolean;
  readonly ignoreExisting?: boolean;
  readonly ignoreMissingArgs?: boolean;
  readonly deleteMissingArgs?: boolean;
  readonly pruneEmptyDirs?: boolean;
  readonly removeSourceFiles?: boolean;
  /** Rules in the order in which they were given (those of `-F` in its place); the first that matches decides. */
  readonly filters?: readonly FilterOption[];
  /** `-C`: the rules that CVS would use, behind all others. */
  readonly cvsExclude?: boolean;
  /** Only tell what would be sent. */
  readonly listOnly?: boolean;

  // What is kept of a file
  readonly links?: boolean;
  readonly copyLinks?: boolean;
  readonly copyDirlinks?: boolean;
  readonly keepDirlinks?: boolean;
  readonly copyUnsafeLinks?: boolean;
  readonly safeLinks?: boolean;
  /** Follow symlinks of other users on the way to files that options name. */
  readonly insecureLinks?: boolean;
  readonly mungeLinks?: boolean;
  readonly hardLinks?: boolean;
  readonly perms?: boolean;
  readonly executability?: boolean;
  /** Changes to the mode of what is sent, as for chmod(1) with rsync's `D` and `F` prefixes; applied in order. */
  readonly chmod?: readonly string[];
  readonly owner?: boolean;
  readonly group?: boolean;
  readonly numericIds?: boolean;
  /** `FROM:TO` pairs. */
  readonly usermap?: readonly string[];
  readonly groupmap?: readonly string[];
  readonly devices?: boolean;
  readonly specials?: boolean;
  readonly times?: boolean;
  readonly omitDirTimes?: boolean;
  readonly omitLinkTimes?: boolean;
  /** `-U` is 1, `-UU` is 2. */
  readonly atimes?: 0 | 1 | 2;
  readonly openNoatime?: boolean;
  readonly superUser?: boolean;

  // Deciding which files differ
  readonly update?: boolean;
  readonly ignoreTimes?: boolean;
  readonly sizeOnly?: boolean;
  readonly checksum?: boolean;
  /** Seconds; -1 compares nanoseconds. */
  readonly modifyWindow?: number;
  /** `-y` is 1, `-yy` is 2. */
  readonly fuzzy?: 0 | 1 | 2;
  readonly compareDest?: readonly string[];
  readonly copyDest?: readonly string[];
  readonly linkDest?: readonly string[];

  // How a file is written
  readonly wholeFile?: boolean;
  readonly blockSize?: number;
  readonly inplace?: boolean;
  /** `append` trusts what is there, `verify` checks it. */
  readonly append?: 'append' | 'verify';
  readonly sparse?: boolean;
  readonly preallocate?: boolean;
  readonly partial?: boolean;
  readonly partialDir?: string;
  readonly delayUpdates?: boolean;
  readonly tempDir?: string;
  readonly backup?: boolean;
  readonly backupDir?: string;
  readonly suffix?: string;
  readonly fsync?: boolean;
  readonly mkpath?: boolean;
  readonly writeDevices?: boolean;

  // Deleting
  readonly delete?: DeleteMoment;
  readonly deleteExcluded?: boolean;
  readonly maxDelete?: number;
  readonly force?: boolean;
  readonly ignoreErrors?: boolean;

  // Checksums, compression, speed
  /** One name for both uses, or `TRANSFER,FILE-LIST`. */
  readonly checksumChoice?: ChecksumChoice;
  readonly checksumSeed?: number;
  /** Names to negotiate, the preferred one first; those that we do not know are passed over. */
  readonly checksumList?: readonly string[];
  readonly compress?: boolean;
  /** Without it the best algorithm that both sides have is negotiated. */
  readonly compressChoice?: CompressChoice;
  /** The same as `checksumList`, for compression. */
  readonly compressList?: readonly string[];
  readonly compressLevel?: number;
  /** Suffixes of files that are not worth compressing, without dots, instead of rsync's own list. */
  readonly skipCompress?: readonly string[];
  /** KiB per second; 0 is no limit. */
  readonly bwlimit?: number;
  /** Seconds without a byte from the peer after which the session fails; 0 is for ever. */
  readonly timeout?: number;
  /** Minutes after which the session is given up. */
  readonly stopAfter?: number;
  /** Speak this version or an older one. */
  readonly protocol?: number;
  /** Recurse while transferring; false for `--no-inc-recursive`. */
  readonly incRecursive?: boolean;
  readonly secludedArgs?: boolean;
  /** Memory that the server may allocate at once, as the user wrote it: `2g`; 0 is no limit. */
  readonly maxAlloc?: string;
  /** `-M`: handed to the server as they are, after all others. */
  readonly remoteOptions?: readonly string[];

  // What the server is to report
  readonly dryRun?: boolean;
  readonly verbose?: number;
  readonly quiet?: boolean;
  readonly itemizeChanges?: 0 | 1 | 2;
  readonly stats?: boolean;
  readonly progress?: boolean;
  readonly outFormat?: string;
  /** Words such as `name2` or `NONE`, in the order in which they were given: the last one about a thing counts. */
  readonly info?: readonly string[];
  /** Where a server writes its messages; `errors` is rsync's default. */
  readonly stderr?: 'errors' | 'all' | 'client';
}

/** When the receiving side deletes; `default` leaves the moment to it. */
export type DeleteMoment = 'default' | 'before' | 'during' | 'delay' | 'after';

/** One filter option as the user wrote it: the text is parsed by filter/, files are read there too. */
export type FilterOption =
  | { readonly kind: 'filter' | 'exclude' | 'include'; readonly text: string }
  | { readonly kind: 'exclude-from' | 'include-from'; readonly file: string };

/** Digests of a password, the strongest first. */
export const passwordDigests = ['sha512', 'sha256', 'sha1', 'md5', 'md4'] as const;

export type PasswordDigest = (typeof passwordDigests)[number];

/** How the server is reached and who we are there. */
export interface ConnectionOptions {
  /** Default 873; a port in the URL of the target wins. */
  readonly port?: number;
  /** Local address to connect from. */
  readonly address?: string;
  /** Only IPv4 or only IPv6. */
  readonly family?: 4 | 6;
  /** Seconds for connecting alone; 0 is for ever. */
  readonly contimeout?: number;
  /** File whose first line is the password; `-` is standard input. */
  readonly passwordFile?: string;
  /** The password itself, for programs; never logged. Wins over `passwordFile`. */
  readonly password?: string;
  /** Asked when the module wants a password and none of the two is there. */
  readonly askPassword?: () => string | Promise<string>;
  /** File of at most 5 KiB that is handed to the daemon's `early exec`. */
  readonly earlyInput?: string;
  /** `[USER:PASSWORD@]HOST:PORT` of an HTTP proxy. */
  readonly proxy?: string;
  /**
   * A command whose standard input and output are the connection, instead of a socket or a proxy: the value of
   * `RSYNC_CONNECT_PROG`. It is cut into words as by a shell, but no shell is started; `%H` is the host.
   */
  readonly connectProgram?: string;
  /**
   * Seconds for proxy, login and set-up together, without the time in which a person is asked for the password; 0 is
   * for ever. Default 300, or five times `timeout` if that is less.
   */
  readonly loginTimeout?: number;
  /**
   * The weakest digest with which the password is answered for; a server that wants a weaker one gets no answer. Without
   * this, as with rsync, it is the server that decides: old ones (before 3.2.7) know MD5 or MD4 only.
   */
  readonly leastDigest?: PasswordDigest;
  /** False: small packets wait to be sent together. Default true, unlike rsync. */
  readonly noDelay?: boolean;
  /** False: the system does not look whether a silent peer is still there. Default true. */
  readonly keepAlive?: boolean;
  /** `-e`: the remote shell with its own options; a daemon is then reached through it. */
  readonly rsh?: string;
}

/** What the user sees of a transfer; nothing here changes the transfer itself. */
export interface OutputOptions {
  /** `--progress`: a line per file; `total`: `--info=progress2`. */
  readonly progress?: 'file' | 'total';
  /** 0: plain digits, 1 (the default): digit groups, 2: units of 1000, 3: units of 1024. */
  readonly humanReadable?: 0 | 1 | 2 | 3;
  readonly eightBitOutput?: boolean;
  readonly motd?: boolean;
  readonly logFile?: string;
  readonly logFileFormat?: string;
  /** Words such as `del2`, for what we say about our own side. */
  readonly debug?: readonly string[];
  /** The user asked a question instead of a transfer. */
  readonly show?: 'help' | 'version' | 'info-help' | 'debug-help';
}
