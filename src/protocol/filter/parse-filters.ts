import { posix } from 'node:path';
import { checkObject } from '../arguments.ts';
import { type ReadNamed, readNamed, withPipes } from '../named-files/read-named.ts';
import { checkTransferOptions } from '../options/check-options.ts';
import type { FilterOption, TransferOptions } from '../options/transfer-options.ts';
import { expandCvsRule } from './cvs.ts';
import {
  type CvsIgnore,
  type FilterRule,
  type FilterRules,
  patternRule,
  plainTraits,
  type RuleSettings,
} from './rule.ts';
import { RuleCollector } from './rule-collector.ts';
import { type ReadMerged, ruleFileReader } from './rule-file.ts';

/** What the rules take from the outside. */
export interface FilterEnvironment {
  readonly cvsIgnore?: CvsIgnore;
  /** Reads the files that options and `.` rules name; from the disk if left out. */
  readonly readFile?: ReadMerged;
  /** How they are read from the disk. */
  readonly read?: ReadNamed;
  /** Told about rules and rule files that are left out, as rsync would say it. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * The rules of a transfer, in the order in which they are tried: the user's in the order given, then what
 * `--backup`, `--partial-dir` and `-C` add.
 *
 * Source: docs/protocol chapter 1, sections 10.3 and 10.4.
 */
export function parseFilters(options: TransferOptions, environment: FilterEnvironment = {}): FilterRules {
  checkTransferOptions(options);
  checkObject(environment, 'the environment of the filters');
  const settings: RuleSettings = {
    from0: options.from0 === true,
    deleteExcluded: options.deleteExcluded === true,
    cvsIgnore: environment.cvsIgnore ?? {},
    warn: environment.warn,
  };
  const { read = readNamed } = environment;
  const readFile = environment.readFile ?? ruleFileReader(read, options.insecureLinks);
  const collector = new RuleCollector({ settings, readMerged: readFile });
  for (const option of options.filters ?? []) addOption(collector, option, readFile);
  for (const rule of automaticRules(options, settings)) collector.addRule(rule);
  return { rules: collector.rules, settings };
}

/**
 * The same, with rule files that may be pipes, such as a shell makes of `<(command)`: waiting for them blocks nothing.
 *
 * @throws AbortedError, and what {@link parseFilters} throws
 */
export async function readFilters(
  options: TransferOptions,
  cvsIgnore: CvsIgnore | undefined,
  signal: AbortSignal | undefined,
  warn: (text: string) => void,
): Promise<FilterRules> {
  const { filters, warnings } = await withPipes(signal, (read) => {
    const texts: string[] = [];
    const environment = { read, warn: (text: string) => void texts.push(text) };
    const found = parseFilters(options, { ...environment, ...(cvsIgnore && { cvsIgnore }) });
    return { filters: found, warnings: texts };
  });
  for (const text of warnings) warn(text);
  return { ...filters, settings: { ...filters.settings, warn } };
}

/** Whether anything is to be deleted at the receiver because the sender does not have it. */
export function isDeleting(options: TransferOptions): boolean {
  return options.delete !== undefined || options.deleteExcluded === true;
}

function addOption(collector: RuleCollector, option: FilterOption, readFile: ReadMerged): void {
  const where = `--${option.kind}`;
  switch (option.kind) {
    case 'filter':
      if (option.text !== '') collector.add(option.text, 'rules', where);
      break;
    case 'exclude':
    case 'include':
      if (option.text !== '') collector.add(option.text, `${option.kind}-option`, where);
      break;
    default: {
      const format = option.kind === 'exclude-from' ? 'exclude-option' : 'include-option';
      const layout = { format, isWordwise: false, defaults: collector.defaults } as const;
      collector.addFile(readFile(option.file, where), layout, option.file);
    }
  }
}

function automaticRules(options: TransferOptions, settings: RuleSettings): FilterRule[] {
  const { backup, backupDir, suffix = '~', deleteExcluded, cvsExclude } = options;
  const side = deleteExcluded === true ? 'sender' : 'any';
  const rules: FilterRule[] = [];
  // Or the next run would take the backups for files that the sender no longer has.
  if (backup === true && isDeleting(options) && backupDir === undefined && deleteExcluded !== true) {
    rules.push(patternRule('exclude', `*${suffix}`, { side: 'receiver', origin: 'automatic' }));
  }
  const partialDir = cleanPartialDir(options);
  if (partialDir !== undefined) {
    const traits = { side, isPerishable: true, origin: 'automatic' } as const;
    rules.push(patternRule('exclude', `${partialDir}/`, traits));
  }
  if (cvsExclude === true) {
    const traits = { ...plainTraits, side, origin: 'cvs-option' } as const;
    const merge = { file: '.cvsignore', content: 'cvs', isInherited: false, isWordwise: true } as const;
    const cvs = { kind: 'cvs', verdict: 'exclude', isNegated: false } as const;
    rules.push({ ...traits, kind: 'dir-merge', ...merge });
    rules.push(expandCvsRule({ ...traits, ...cvs }, settings));
  }
  return rules;
}

/** The partial dir as names in the tree begin, unless it lies elsewhere. */
function cleanPartialDir({ partialDir, delayUpdates }: TransferOptions): string | undefined {
  const given = partialDir ?? (delayUpdates === true ? '.~tmp~' : '');
  if (given === '' || given.startsWith('/')) return undefined;
  const clean = posix.normalize(given).replace(/\/$/, '');
  return clean === '.' ? undefined : clean;
}
