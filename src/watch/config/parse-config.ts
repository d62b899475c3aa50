import { FileError, NamedFileError } from '../../protocol/index.ts';
import { checkBytes, checkText, nearest, type ReadNamed, readNamed } from '../../protocol/internal.ts';
import type { ConfigNote, ConfigPlace } from './config-error.ts';
import { ConfigSource, MAX_CONFIG_BYTES } from './config-source.ts';
import { parseDocument } from './document.ts';
import type { ConfigElement } from './element.ts';
import { readOwn } from './read-own.ts';
import { readFilter } from './read-patterns.ts';
import { readPlugins } from './read-plugins.ts';
import { readSyncSettings } from './read-sync.ts';
import type { InotifySwitches, SersyncConfig, Switch } from './sersync-config.ts';
import { noteUnknown } from './unknown-names.ts';
import { isOn, textOf } from './values.ts';
import { vocabulary } from './vocabulary.ts';

export interface ParsedConfig {
  readonly config: SersyncConfig;
  /** Warnings for the author of the file, in its order: what nobody will read, and what looks odd. */
  readonly notes: readonly ConfigNote[];
  readonly places: ConfigPlaces;
}

/** Where settings stand that the file has; undefined for those that it leaves out. */
export interface ConfigPlaces {
  readonly watchedFolder: ConfigPlace | undefined;
  readonly commonParams: ConfigPlace | undefined;
  readonly passwordFile: ConfigPlace | undefined;
  readonly ssh: ConfigPlace | undefined;
  readonly failLog: ConfigPlace | undefined;
  readonly attrib: ConfigPlace | undefined;
}

/**
 * Reads and parses a confxml.xml. A file that cannot be read is a {@link FileError}; for the rest, see parseConfig. A
 * symlink on its way is followed only if root or we own it.
 */
export function readConfig(file: string, read: ReadNamed = readNamed): ParsedConfig {
  checkText(file, 'file');
  return parseConfig(readBytes(file, read), file);
}

/**
 * Turns the bytes of a confxml.xml into settings. `file` is its name, for messages only. Anything wrong is a
 * ConfigError with line and column, and there is no config then: never a half of one.
 */
export function parseConfig(bytes: Buffer, file: string): ParsedConfig {
  checkBytes(bytes, 'config');
  checkText(file, 'file');
  const source = new ConfigSource(bytes, file);
  const head = parseDocument(source);
  if (head.name !== 'head') {
    const isMisspelt = nearest(head.name, ['head']) !== undefined;
    const remedy = isMisspelt ? 'probably meant: <head>' : 'this is not a confxml.xml';
    throw head.error(`the document begins with <${head.name}>, not with <head>`, remedy);
  }
  noteUnknown([head], 'the document', vocabulary);
  const config = readHead(head);
  return { config, notes: source.notes(), places: placesIn(head) };
}

function placesIn(head: ConfigElement): ConfigPlaces {
  const sersync = head.child('sersync');
  const rsync = sersync?.child('rsync');
  return {
    watchedFolder: sersync?.child('localpath')?.attribute('watch')?.place,
    commonParams: rsync?.child('commonParams')?.attribute('params')?.place,
    passwordFile: rsync?.child('auth')?.attribute('passwordfile')?.place,
    ssh: rsync?.child('ssh')?.place,
    failLog: sersync?.child('failLog')?.place,
    attrib: head.child('inotify')?.child('attrib')?.place,
  };
}

function readHead(head: ConfigElement): SersyncConfig {
  const { host, tsersync } = readOwn(head);
  const filter = readFilter(head.child('filter'));
  const sersync = readSyncSettings(head.requiredChild('sersync'));
  const { crontab } = sersync;
  if (crontab.isOn && filter.isOn && (!crontab.filter.isOn || crontab.filter.excludes.length === 0))
    head.note(
      'sersync switches <crontab> off here, because <filter> is on and <crontabfilter> is not; tsersync does not',
    );
  return {
    version: textOf(head, 'version', '2.5'),
    host,
    debug: switchOf(head.child('debug')),
    fileSystem: { isXfs: isOn(head.child('fileSystem'), 'xfs') },
    filter,
    inotify: readInotify(head),
    sersync,
    plugins: readPlugins(head, sersync.plugin),
    tsersync,
  };
}

function readInotify(head: ConfigElement): InotifySwitches {
  const inotify = head.child('inotify');
  const switches: InotifySwitches = {
    delete: switchOf(inotify?.child('delete')),
    createFolder: switchOf(inotify?.child('createFolder')),
    createFile: switchOf(inotify?.child('createFile')),
    closeWrite: switchOf(inotify?.child('closeWrite')),
    moveFrom: switchOf(inotify?.child('moveFrom')),
    moveTo: switchOf(inotify?.child('moveTo')),
    attrib: switchOf(inotify?.child('attrib')),
    modify: switchOf(inotify?.child('modify')),
  };
  const isAnyOn = Object.values(switches).some((kind: Switch) => kind.isOn);
  if (!isAnyOn) (inotify ?? head).note('no kind of change is switched on in <inotify>: nothing is watched');
  return switches;
}

function switchOf(element: ConfigElement | undefined): Switch {
  return { isOn: isOn(element) };
}

/** A config may be a pipe, or by mistake a device without an end. */
function readBytes(file: string, read: ReadNamed): Buffer {
  try {
    return read(file, { most: MAX_CONFIG_BYTES });
  } catch (cause) {
    if (!(cause instanceof NamedFileError)) throw cause;
    throw new FileError(`the config cannot be read: ${file}: ${cause.message}`, { cause });
  }
}
