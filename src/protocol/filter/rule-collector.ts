import { posix } from 'node:path';
import { FileError, UsageError } from '../errors.ts';
import { expandCvsRule } from './cvs.ts';
import {
  concerns,
  type DirMergeRule,
  type FilterRule,
  fileNameOf,
  patternRule,
  type RuleSettings,
  type Side,
} from './rule.ts';
import type { ReadMerged } from './rule-file.ts';
import {
  LongRuleError,
  type MergeRule,
  type ParsedRule,
  parseRule,
  type RuleDefaults,
  type RuleFormat,
} from './rule-syntax.ts';
import { splitRules } from './rule-text.ts';

/** How the rules of one file are read. */
export interface RuleFileLayout {
  readonly format: RuleFormat;
  readonly isWordwise: boolean;
  readonly defaults: RuleDefaults;
}

interface CollectorParts {
  readonly settings: RuleSettings;
  /** Reads the file of a `.` rule, or throws. */
  readonly readMerged: ReadMerged;
  /** A rule that is too long is an error, and not left out. */
  readonly refusesLong?: boolean;
  /** Where the rules are those of a per-directory file. */
  readonly folder?: RuleFolder;
}

/** The folder of a per-directory file, and what is known there. */
export interface RuleFolder {
  /** Absolute, without a slash at the end: what the rules are anchored to. */
  readonly path: string;
  /** Only what concerns this side is kept. */
  readonly side: Side;
  /** Names of per-directory files that have a rule already: a second one for the same name is dropped. */
  readonly knownFiles: ReadonlySet<string>;
}

/** Where a rule stands. */
interface RuleSource {
  readonly where: string;
  /** What rsync calls it where it does not show the rule: in a file. */
  readonly name?: string;
}

/** Files that are merged into each other, the first one included. */
const MAX_MERGE_DEPTH = 32;

/** Rules that we are willing to read: files that merge others twice could ask for any number. */
const MAX_RULES = 250_000;

/** Turns texts into a list of rules, in order: clears, merges, expands. */
export class RuleCollector {
  /** What has been collected since the last `!`. */
  rules: FilterRule[] = [];
  /** A `!` was met: rules from before are void too. */
  hasCleared = false;
  readonly #parts: CollectorParts;
  /** Names of the per-directory files among the rules. */
  readonly #fileNames = new Set<string>();
  #read = 0;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
  }

  /** What holds for a rule that no file with traits of its own contains. */
  get defaults(): RuleDefaults {
    const { deleteExcluded } = this.#parts.settings;
    return { side: 'any', isAbsolute: false, isPerishable: false, deleteExcluded };
  }

  /** Adds one rule; `where` is its source, `depth` the number of files it was found through. */
  add(text: string, format: RuleFormat, where: string): void {
    this.#add(text, format, { where }, this.defaults, 0);
  }

  #add(text: string, format: RuleFormat, source: RuleSource, defaults: RuleDefaults, depth: number): void {
    const { where } = source;
    this.#read += 1;
    if (this.#read > MAX_RULES) throw new UsageError(`${where}: more than ${MAX_RULES} filter rules`);
    const rule = this.#parse(text, format, source, defaults);
    if (rule === undefined) return;
    switch (rule.kind) {
      case 'clear':
        this.rules = [];
        this.#fileNames.clear();
        this.hasCleared = true;
        break;
      case 'cvs': {
        const expanded = expandCvsRule(rule, this.#parts.settings);
        this.#read += expanded.rules.length;
        this.addRule(expanded, depth);
        break;
      }
      case 'pattern':
        this.addRule(rule, depth);
        break;
      default:
        this.#addMerge(rule, source, depth);
    }
  }

  /** Adds the rules of a file; `name` is what messages call it, `depth` counts it. */
  addFile(bytes: Buffer, layout: RuleFileLayout, name: string, depth = 1): void {
    const { format, isWordwise, defaults } = layout;
    const { settings, folder } = this.#parts;
    const { from0 } = settings;
    // rsync's name of a per-directory file is its whole path.
    const shown = folder !== undefined && depth === 1 ? posix.join(folder.path, posix.basename(name)) : name;
    for (const { text, line } of splitRules(bytes, { isWordwise, from0 })) {
      const place = isWordwise ? '' : ` line ${line}`;
      const source = { where: `${name}:${line}`, name: `<rule from ${shown}${place}>` };
      this.#add(text, format, source, defaults, depth);
    }
  }

  addRule(rule: FilterRule, depth = 0): void {
    const { folder } = this.#parts;
    if (folder !== undefined && !concerns(rule, folder.side)) return;
    if (rule.kind === 'dir-merge') {
      const name = fileNameOf(rule);
      if (this.#fileNames.has(name) || folder?.knownFiles.has(name) === true) return;
      this.#fileNames.add(name);
    }
    const isAnchored = rule.kind === 'pattern' && rule.pattern.startsWith('/') && !rule.isAbsolute;
    // Rules that a per-directory file merges stay anchored to the transfer root.
    if (folder === undefined || depth > 1 || !isAnchored) this.rules.push(rule);
    else this.rules.push({ ...rule, pattern: folder.path + rule.pattern, isAbsolute: true });
  }

  /** Undefined for a rule that is left out. */
  #parse(
    text: string,
    format: RuleFormat,
    { where, name }: RuleSource,
    defaults: RuleDefaults,
  ): ParsedRule | undefined {
    // What a file says is not for everybody who sees the message: a daemon reports to its client.
    const isSecret = name !== undefined;
    const label = isSecret ? `${where}: filter rule` : `${where}: filter rule "${text}"`;
    try {
      return parseRule(text, format, defaults, label, isSecret);
    } catch (thrown) {
      if (!(thrown instanceof LongRuleError) || this.#parts.refusesLong === true) throw thrown;
      this.#parts.settings.warn?.(`discarding over-long filter: ${name ?? thrown.pattern}`);
      return undefined;
    }
  }

  #addMerge({ excludesItself, ...merge }: MergeRule, { where, name }: RuleSource, depth: number): void {
    const { settings, readMerged, folder } = this.#parts;
    const rule: DirMergeRule = { ...merge, kind: 'dir-merge' };
    // What a per-directory file merges or excludes by `e`, --delete-excluded does not narrow to the sender.
    const narrowing = { ...settings, deleteExcluded: settings.deleteExcluded && folder === undefined };
    if (excludesItself) {
      const side = narrowing.deleteExcluded ? 'sender' : 'any';
      this.addRule(patternRule('exclude', fileNameOf(rule), { side }), depth);
    }
    if (merge.kind === 'dir-merge') {
      this.addRule(rule, depth);
      return;
    }
    if (depth === MAX_MERGE_DEPTH)
      throw new FileError(`${where}: rule files are merged more than ${MAX_MERGE_DEPTH} deep`);
    const bytes = readMerged(rule.file, where, name === undefined);
    this.addFile(bytes, layoutOf(rule, narrowing), rule.file, depth + 1);
  }
}

/** How the file of a merge rule is read: its rules inherit what the merge rule says. */
export function layoutOf(rule: DirMergeRule, { deleteExcluded }: RuleSettings): RuleFileLayout {
  const { side, isAbsolute, isPerishable, isWordwise, content } = rule;
  return { format: content, isWordwise, defaults: { side, isAbsolute, isPerishable, deleteExcluded } };
}
