import type { PathPattern } from '../filter/path-pattern.ts';

/**
 * A confxml.xml, read and checked. The rooms are those of the file. Names and paths are strings as everywhere in the
 * program: a byte that is not UTF-8 stands as a lone surrogate, so that they lead to the same file.
 *
 * Every element that can be switched has `isOn`. Missing elements are off, missing values are those of sersync's own
 * example.
 *
 * Source: docs/migrating-from-sersync.md (sersync 2.5.4).
 */
export interface SersyncConfig {
  /** `<head version>`: `2.5` in all known files. */
  readonly version: string;
  readonly host: HostSettings;
  /** `<debug>`: log every event and every session. */
  readonly debug: Switch;
  readonly fileSystem: FileSystemSettings;
  readonly filter: PatternList;
  readonly inotify: InotifySwitches;
  readonly sersync: SyncSettings;
  /** The `<plugin>` elements of the head. One that is not in use and not complete is left out, with a note. */
  readonly plugins: readonly PluginSettings[];
  readonly tsersync: OwnSettings;
}

export interface Switch {
  readonly isOn: boolean;
}

/** `<host>`: where the status server listens. sersync itself had no use for it. */
export interface HostSettings {
  readonly ip: string;
  readonly port: number;
}

/** `<fileSystem>`: for sersync the choice between `d_type` and `stat`; of no consequence here. */
export interface FileSystemSettings {
  readonly isXfs: boolean;
}

/**
 * `<filter>`: paths relative to the watched folder, folders with a slash at their end, that are left out. Each pattern
 * must match the whole path.
 */
export interface PatternList extends Switch {
  readonly excludes: readonly PathPattern[];
}

/** `<inotify>`: which kinds of change are acted on. */
export interface InotifySwitches {
  /** Decides over deletions altogether: in events, in full syncs and by the schedule. */
  readonly delete: Switch;
  readonly createFolder: Switch;
  readonly createFile: Switch;
  /** A file is done: no process holds it open for writing any more. */
  readonly closeWrite: Switch;
  readonly moveFrom: Switch;
  readonly moveTo: Switch;
  /** Mode, owner or times changed, but no content. */
  readonly attrib: Switch;
  /** Every write, not only the last. */
  readonly modify: Switch;
}

/** `<sersync>`: what is kept equal to what, and how. */
export interface SyncSettings {
  /** `<localpath watch>`: the watched folder, absolute, without a slash at its end. */
  readonly localPath: string;
  /** At least one, no two the same. */
  readonly remotes: readonly Remote[];
  readonly rsync: RsyncSettings;
  readonly failLog: FailLogSettings;
  readonly crontab: CrontabSettings;
  /** `<plugin>` inside `<sersync>`: which plugin follows every event. */
  readonly plugin: PluginChoice;
}

/** Where the folder goes: a module of a daemon (or a folder in it), with ssh a path. */
export interface Remote {
  /** Name or address, IPv6 without brackets. */
  readonly host: string;
  readonly name: string;
  /** From `<auth>`, or from an `ip` of the form `user@host`. */
  readonly user: string | undefined;
}

export interface RsyncSettings {
  /** `<commonParams>`: rsync options, split into words but not yet understood. */
  readonly commonParams: readonly string[];
  readonly auth: AuthSettings;
  readonly userDefinedPort: PortSettings;
  readonly timeout: TimeoutSettings;
  /** `<ssh>`: remotes are reached through ssh, and their names are paths. */
  readonly ssh: Switch;
}

export interface AuthSettings extends Switch {
  readonly user: string;
  readonly passwordFile: string;
}

export interface PortSettings extends Switch {
  readonly port: number;
}

export interface TimeoutSettings extends Switch {
  readonly timeoutSeconds: number;
}

/** `<failLog>`: a file for people, with a line for every path that could not be sent. */
export interface FailLogSettings {
  readonly path: string;
  /** The longest that a failed path waits before it is tried again. */
  readonly retryMinutes: number;
}

/** `<crontab>`: a full sync every so often. */
export interface CrontabSettings extends Switch {
  readonly intervalMinutes: number;
  readonly filter: CrontabFilter;
}

/** `<crontabfilter>`: for full syncs only, and in rsync's pattern language, unlike `<filter>`. */
export interface CrontabFilter extends Switch {
  readonly excludes: readonly string[];
}

export const pluginNames = ['command', 'socket', 'http', 'refreshCDN'] as const;
export type PluginName = (typeof pluginNames)[number];

export type PluginChoice =
  | { readonly isOn: true; readonly name: PluginName }
  | { readonly isOn: false; readonly name: PluginName | undefined };

export type PluginSettings = CommandPlugin | SocketPlugin | HttpPlugin | RefreshCdnPlugin;

/** Runs a program with the path of what changed as an argument. */
export interface CommandPlugin {
  readonly name: 'command';
  /** The program and its first arguments; the path follows. Empty: the path itself is the program. */
  readonly prefix: readonly string[];
  /** Arguments behind the path. */
  readonly suffix: readonly string[];
  /** What the program prints is thrown away. */
  readonly ignoresError: boolean;
  /** While on, the program runs only for absolute paths that one of these matches as a whole. */
  readonly filter: Switch & { readonly includes: readonly PathPattern[] };
}

/** Sends the absolute path of what changed over a TCP connection of its own. */
export interface SocketPlugin {
  readonly name: 'socket';
  readonly localPath: string;
  readonly host: string;
  readonly port: number;
}

/** Posts what changed as form data. */
export interface HttpPlugin {
  readonly name: 'http';
  readonly localPath: string;
  readonly url: string;
  readonly port: number;
}

/** Tells ChinaCache which addresses are stale. */
export interface RefreshCdnPlugin {
  readonly name: 'refreshCDN';
  readonly localPath: string;
  readonly domainName: string;
  readonly port: number;
  readonly username: string;
  /** Must appear in no log, status or error. */
  readonly password: string;
  /** Begin of every address that is sent. */
  readonly baseUrl: string;
  /** Set when addresses are cut out of the path: group 1 and what follows the match. */
  readonly regexUrl: PathPattern | undefined;
}

/** `<tsersync>`: what sersync does not know. All of it may be left out. */
export interface OwnSettings {
  /** `<status start token>`: status page, health and metrics at the address of `<host>`. */
  readonly status: StatusSettings;
  /**
   * `<ignoreHidden start="true"/>`: one half of sersync's built-in filter, on unless switched off. Files (not folders)
   * whose name begins with a dot are left out.
   */
  readonly ignoreHidden: Switch;
  /**
   * `<ignoreTemporary start="true"/>`: the other half, on unless switched off. Files (not folders) whose name ends
   * with `~`, and vim's `4913`, are left out.
   */
  readonly ignoreTemporary: Switch;
  /** `<settle quietMs="5" maxMs="2000"/>`: when a changed path is due. */
  readonly settle: SettleSettings;
  /**
   * `<update events="false"/>`: whether `-u` of commonParams also holds for single changes. Off, the tree wins over
   * newer files at the remote, except in full syncs.
   */
  readonly update: { readonly isForEvents: boolean };
}

export interface StatusSettings extends Switch {
  /** Needed when the host is not loopback. Must appear in no log, status or error. */
  readonly token: string | undefined;
}

export interface SettleSettings {
  /** A path is due when nothing happened to it for so long, */
  readonly quietMs: number;
  /** or when it has been waiting for so long. */
  readonly maxMs: number;
}
