import { posix } from 'node:path';
import { FileError, UsageError } from '../errors.ts';
import { NamedFileError } from '../named-files/named-file-error.ts';
import { type CompiledRule, compileRule } from './pattern.ts';
import { type DirMergeRule, type FilterRule, fileNameOf, type RuleSettings, type Side } from './rule.ts';
import { layoutOf, RuleCollector } from './rule-collector.ts';

/**
 * Reads a rule file during a walk: the path is relative to the transfer root, or absolute where a rule leads out of it.
 * Undefined if there is no such file. Whether a file may be read, and how long it may be, is for the reader to decide;
 * one that it refuses by a {@link NamedFileError} is taken for missing, with a warning.
 */
export type ReadRuleFile = (path: string) => Buffer | undefined;

/** What the folders of one walk have in common. Absolute paths are without a slash at the end: the root is empty. */
export interface Walk {
  readonly settings: RuleSettings;
  readonly side: Side;
  readonly root: string;
  /** The root as patterns see it: one character per byte, no slash in front but one behind. */
  readonly rootPrefix: string;
  /** The per-directory rules that hold everywhere. */
  readonly merges: readonly DirMergeRule[];
}

export type RuleItem = CompiledRule | DirMergeRule;

/** For each per-directory rule, what its files say for one folder: the folder's own rules, then the inherited ones. */
export type RuleLists = ReadonlyMap<DirMergeRule, readonly RuleItem[]>;

/** Names of per-directory files that are looked for in each folder. */
const MAX_DIR_MERGES = 1000;

/**
 * What holds in a folder below one where `inherited` holds. Rules that are found may be per-directory rules again: their
 * files are looked for at once, in this folder.
 *
 * Source: docs/protocol chapter 1, section 10.8.
 */
export function enterFolder(walk: Walk, inherited: RuleLists, path: string, read: ReadRuleFile): RuleLists {
  const folder = path === '' ? walk.root : `${walk.root}/${path}`;
  const lists = new Map(inherited);
  for (const merge of walk.merges) if (!lists.has(merge)) lists.set(merge, []);
  // The loop also meets what is appended meanwhile.
  for (const merge of lists.keys()) {
    if (lists.size > MAX_DIR_MERGES)
      throw new UsageError(`${folder}: more than ${MAX_DIR_MERGES} per-directory rules`);
    const isNew = !inherited.has(merge);
    for (const place of isNew ? [...parentsToSearch(merge, folder), folder] : [folder]) {
      const above = merge.isInherited ? (lists.get(merge) ?? []) : [];
      const found = readFolder(walk, lists, merge, place, read);
      for (const item of found.items) if (item.kind === 'dir-merge') lists.set(item, []);
      const isSame = found.items.length === 0 && !found.hasCleared;
      lists.set(merge, isSame ? above : [...found.items, ...(found.hasCleared ? [] : above)]);
    }
  }
  return lists;
}

/** Compiles what speaks of files. */
export function toItems(rule: FilterRule): RuleItem[] {
  switch (rule.kind) {
    case 'pattern':
      return rule.isXattr ? [] : [compileRule(rule)];
    case 'cvs':
      return rule.rules.map(compileRule);
    case 'dir-merge':
      return [rule];
  }
}

function readFolder(
  walk: Walk,
  lists: RuleLists,
  merge: DirMergeRule,
  folder: string,
  read: ReadRuleFile,
): { items: RuleItem[]; hasCleared: boolean } {
  const path = pathToRead(walk, `${folder}/${fileNameOf(merge)}`);
  const bytes = readOrWarn(walk, read, path);
  if (bytes === undefined) return { items: [], hasCleared: false };
  const collector = new RuleCollector({
    settings: walk.settings,
    folder: { path: folder, side: walk.side, knownFiles: new Set([...lists.keys()].map(fileNameOf)) },
    readMerged: (file, where) => {
      // A name without a slash is rsync's exception: it is looked for in the transfer root.
      const place = posix.resolve('/', file.includes('/') ? folder : walk.root, file);
      return readOrFail(where, () => read(pathToRead(walk, place)));
    },
  });
  collector.addFile(bytes, layoutOf(merge, walk.settings), path);
  return { items: collector.rules.flatMap(toItems), hasCleared: collector.hasCleared };
}

/** The name of the file is for nobody to see who cannot read the rule. */
function readOrFail(where: string, read: () => Buffer | undefined): Buffer {
  let reason = 'there is no such file';
  try {
    const bytes = read();
    if (bytes !== undefined) return bytes;
  } catch (thrown) {
    if (!(thrown instanceof NamedFileError)) throw thrown;
    reason = thrown.plain;
  }
  throw new FileError(`${where}: cannot read the rule file that it names: ${reason}`);
}

function readOrWarn({ settings }: Walk, read: ReadRuleFile, path: string): Buffer | undefined {
  try {
    return read(path);
  } catch (thrown) {
    if (!(thrown instanceof NamedFileError)) throw thrown;
    settings.warn?.(`ignoring the rules in ${path}: ${thrown.plain}`);
    return undefined;
  }
}

/** A name with a path is looked for from that path on down, before the first folder in which the rule holds. */
function parentsToSearch(merge: DirMergeRule, folder: string): string[] {
  if (!merge.file.includes('/')) return [];
  const start = posix.resolve('/', folder, posix.dirname(merge.file));
  const prefix = start === '/' ? start : `${start}/`;
  if (!folder.startsWith(prefix)) return [];
  const parents: string[] = [];
  for (let at = prefix.length - 1; at !== -1; at = folder.indexOf('/', at + 1))
    parents.push(folder.slice(0, at));
  return parents;
}

function pathToRead({ root }: Walk, absolute: string): string {
  return absolute.startsWith(`${root}/`) ? absolute.slice(root.length + 1) : absolute;
}
