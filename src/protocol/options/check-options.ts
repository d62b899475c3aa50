import { UnsupportedError } from '../errors.ts';
import { checksumChoice, compressChoice } from './algorithm-names.ts';
import {
  areTexts,
  checkFields,
  type FieldChecks,
  isDuration,
  isFlag,
  isFunction,
  isOneOf,
  isPath,
  isText,
  isWhole,
} from './field-checks.ts';
import { type ConnectionOptions, passwordDigests, type TransferOptions } from './transfer-options.ts';

const MIN_INT32 = -0x8000_0000;
const isSize = isWhole(0, 2 ** 63);
const isNumber = isWhole(MIN_INT32);
const isLevel = isOneOf(0, 1, 2);

const transferChecks: FieldChecks<TransferOptions> = {
  recursive: isFlag,
  dirs: isFlag,
  relative: isFlag,
  impliedDirs: isFlag,
  filesFrom: isText,
  from0: isFlag,
  oneFileSystem: isLevel,
  maxSize: isSize,
  minSize: isSize,
  existing: isFlag,
  ignoreExisting: isFlag,
  ignoreMissingArgs: isFlag,
  deleteMissingArgs: isFlag,
  pruneEmptyDirs: isFlag,
  removeSourceFiles: isFlag,
  filters: areFilters,
  cvsExclude: isFlag,
  listOnly: isFlag,
  links: isFlag,
  copyLinks: isFlag,
  copyDirlinks: isFlag,
  keepDirlinks: isFlag,
  copyUnsafeLinks: isFlag,
  safeLinks: isFlag,
  insecureLinks: isFlag,
  mungeLinks: isFlag,
  hardLinks: isFlag,
  perms: isFlag,
  executability: isFlag,
  chmod: areTexts,
  owner: isFlag,
  group: isFlag,
  numericIds: isFlag,
  usermap: areTexts,
  groupmap: areTexts,
  devices: isFlag,
  specials: isFlag,
  times: isFlag,
  omitDirTimes: isFlag,
  omitLinkTimes: isFlag,
  atimes: isLevel,
  openNoatime: isFlag,
  superUser: isFlag,
  update: isFlag,
  ignoreTimes: isFlag,
  sizeOnly: isFlag,
  checksum: isFlag,
  modifyWindow: isNumber,
  fuzzy: isLevel,
  compareDest: areTexts,
  copyDest: areTexts,
  linkDest: areTexts,
  wholeFile: isFlag,
  blockSize: isSize,
  inplace: isFlag,
  append: isOneOf('append', 'verify'),
  sparse: isFlag,
  preallocate: isFlag,
  partial: isFlag,
  partialDir: isText,
  delayUpdates: isFlag,
  tempDir: isPath,
  backup: isFlag,
  backupDir: isText,
  suffix: isText,
  fsync: isFlag,
  mkpath: isFlag,
  writeDevices: isFlag,
  delete: isOneOf('default', 'before', 'during', 'delay', 'after'),
  deleteExcluded: isFlag,
  maxDelete: isWhole(0),
  force: isFlag,
  ignoreErrors: isFlag,
  checksumChoice: (value, field) => isText(value, field) ?? known(checksumChoice, value, field),
  checksumSeed: isNumber,
  checksumList: areTexts,
  compress: isFlag,
  compressChoice: (value, field) => isText(value, field) ?? known(compressChoice, value, field),
  compressList: areTexts,
  compressLevel: isNumber,
  skipCompress: areTexts,
  bwlimit: isWhole(0),
  timeout: isWhole(0),
  stopAfter: isWhole(1),
  protocol: isNumber,
  incRecursive: isFlag,
  secludedArgs: isFlag,
  maxAlloc: isText,
  remoteOptions: areTexts,
  dryRun: isFlag,
  verbose: isWhole(0),
  quiet: isFlag,
  itemizeChanges: isLevel,
  stats: isFlag,
  progress: isFlag,
  outFormat: isText,
  info: areTexts,
  stderr: isOneOf('errors', 'all', 'client'),
};

const connectionChecks: FieldChecks<ConnectionOptions> = {
  port: isWhole(1, 0xffff),
  address: isPath,
  family: isOneOf(4, 6),
  contimeout: isDuration,
  passwordFile: isText,
  password: (value) => (typeof value === 'string' ? undefined : 'a text'),
  askPassword: isFunction,
  earlyInput: isText,
  proxy: (value) => (typeof value === 'string' ? undefined : 'a text'),
  connectProgram: (value) => (typeof value === 'string' ? undefined : 'a text'),
  loginTimeout: isDuration,
  leastDigest: isOneOf(...passwordDigests),
  rsh: isText,
  noDelay: isFlag,
  keepAlive: isFlag,
};

/**
 * Checks kinds and bounds of all fields: what contradicts each other is found by `resolveOptions`, which begins with
 * this. So whatever way options came to us, they are refused before anything is connected.
 *
 * @throws UsageError for a field, UnsupportedError for an algorithm that we do not have.
 */
export function checkTransferOptions(options: TransferOptions): void {
  checkFields(options, transferChecks, { what: 'TransferOptions' });
}

/** The same for the connection. */
export function checkConnectionOptions(options: ConnectionOptions): void {
  checkFields(options, connectionChecks, {
    what: 'ConnectionOptions',
    secret: ['password', 'proxy', 'connectProgram'],
  });
  if (options.rsh !== undefined)
    throw new UnsupportedError('-e: daemons are connected to directly, never through a remote shell');
}

/** The choice throws for what it does not know. */
function known(choose: (value: string, name: string) => string, value: unknown, field: string): undefined {
  choose(String(value), field);
}

function isFilterOption(one: unknown): boolean {
  if (typeof one !== 'object' || one === null) return false;
  const { kind, text, file } = one as Record<string, unknown>;
  const isFile = kind === 'exclude-from' || kind === 'include-from';
  const isRule = kind === 'filter' || kind === 'exclude' || kind === 'include';
  return (isFile && typeof file === 'string') || (isRule && typeof text === 'string');
}

function areFilters(value: unknown): string | undefined {
  return Array.isArray(value) && value.every(isFilterOption) ? undefined : 'a list of filter options';
}
