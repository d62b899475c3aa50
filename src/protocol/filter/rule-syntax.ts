import { UsageError } from '../errors.ts';
import { encodeName } from '../wire/file-name.ts';
import {
  type CvsRule,
  type DirMergeRule,
  type FileContent,
  isTooLong,
  MAX_PATTERN_LENGTH,
  type PatternRule,
  type RuleSide,
  type RuleTraits,
  type Side,
  type Verdict,
} from './rule.ts';

/**
 * How the text of a rule is to be read: `rules` with all prefixes, the other file contents as bare patterns, and the
 * values of `--exclude` and `--include` as patterns that may begin with `- ` or `+ `.
 */
export type RuleFormat = FileContent | 'exclude-option' | 'include-option';

/** What holds for rules that do not say otherwise. */
export interface RuleDefaults {
  /** The side that the merge rule of their file named, which they may not name again. */
  readonly side: RuleSide;
  readonly isAbsolute: boolean;
  readonly isPerishable: boolean;
  /** `--delete-excluded`: patterns are for the sender unless they name a side. */
  readonly deleteExcluded: boolean;
}

/** `.` reads a file once, `:` one per directory. */
export type MergeRule = Omit<DirMergeRule, 'kind'> & {
  readonly kind: 'merge' | 'dir-merge';
  /** `e`: the file itself is excluded. */
  readonly excludesItself: boolean;
};

export type ParsedRule = PatternRule | Omit<CvsRule, 'rules'> | MergeRule | { readonly kind: 'clear' };

/** The pattern is too long; rsync leaves such a rule out and goes on. */
export class LongRuleError extends UsageError {
  readonly pattern: string;

  constructor(message: string, pattern: string) {
    super(message);
    this.pattern = pattern;
  }
}

type Operation =
  | { readonly kind: 'pattern'; readonly verdict: Verdict; readonly side?: Side }
  | { readonly kind: 'merge' | 'dir-merge' | 'clear' };

const exclude: Operation = { kind: 'pattern', verdict: 'exclude' };
const include: Operation = { kind: 'pattern', verdict: 'include' };
const hide: Operation = { ...exclude, side: 'sender' };
const show: Operation = { ...include, side: 'sender' };
const protect: Operation = { ...exclude, side: 'receiver' };
const risk: Operation = { ...include, side: 'receiver' };
const merge: Operation = { kind: 'merge' };
const dirMerge: Operation = { kind: 'dir-merge' };
const clear: Operation = { kind: 'clear' };

const operations = new Map<string | undefined, Operation>([
  ...Object.entries({ '-': exclude, '+': include, H: hide, S: show, P: protect, R: risk }),
  ...Object.entries({ '.': merge, ':': dirMerge, '!': clear }),
  ...Object.entries({ exclude, include, hide, show, protect, risk, merge, 'dir-merge': dirMerge, clear }),
]);

const RULE =
  /^(?:(?<short>[-+HSPR.:!]),?|(?<long>[a-z-]+)(?:,|(?=[ _]|$)))(?<modifiers>[^ _]*)(?:[ _](?<value>.*))?$/s;

/**
 * Parses one rule. `label` says which one, in the message of the UsageError that a wrong one is; nothing of a secret
 * one is shown. One that is too long is a {@link LongRuleError}.
 *
 * ```
 * CHARACTER[,][MODIFIERS] VALUE      - *.o    -/p /tmp    :n- .rules
 * NAME[,MODIFIERS] VALUE             exclude *.o    dir-merge,n- .rules
 * ```
 * One blank or underscore is in front of the value; all that follows belongs to it.
 *
 * Source: docs/protocol chapter 1, section 10.3.
 */
export function parseRule(
  text: string,
  format: RuleFormat,
  defaults: RuleDefaults,
  label: string,
  isSecret = false,
): ParsedRule {
  const fail: Fail = (reason, detail = reason) => new UsageError(`${label}: ${isSecret ? reason : detail}`);
  if (format === 'rules') return parsePrefixed(text, defaults, fail);

  const isBare = format === 'excludes' || format === 'includes';
  if (text === '!' && !isBare) return { kind: 'clear' };
  const verdict: Verdict = format === 'includes' || format === 'include-option' ? 'include' : 'exclude';
  const isOption = format === 'exclude-option' || format === 'include-option';
  const prefix = isOption ? /^([-+]) /.exec(text)?.[1] : undefined;
  return {
    kind: 'pattern',
    verdict: prefix === undefined ? verdict : prefix === '-' ? 'exclude' : 'include',
    pattern: checkPattern(prefix === undefined ? text : text.slice(2), fail),
    isNegated: false,
    ...patternTraits('', undefined, defaults, fail),
  };
}

/** `detail` says the same, with what stands in the rule. */
type Fail = (reason: string, detail?: string) => UsageError;

function parsePrefixed(text: string, defaults: RuleDefaults, fail: Fail): ParsedRule {
  const { short, long, modifiers = '', value } = RULE.exec(text)?.groups ?? {};
  const operation = operations.get(short ?? long);
  if (operation === undefined) throw fail('it does not begin with the name of a rule');
  switch (operation.kind) {
    case 'clear':
      if (modifiers !== '' || value !== undefined) throw fail('nothing may follow');
      return { kind: 'clear' };
    case 'pattern': {
      checkModifiers(modifiers, operation.side === undefined ? '/!Csrpx' : '/!px', fail);
      const traits = patternTraits(modifiers, operation.side, defaults, fail);
      const isNegated = modifiers.includes('!');
      if (modifiers.includes('C')) return { kind: 'cvs', verdict: operation.verdict, isNegated, ...traits };
      const pattern = checkPattern(value, fail);
      return { kind: 'pattern', verdict: operation.verdict, pattern, isNegated, ...traits };
    }
    default:
      return parseMerge(operation.kind, modifiers, value, defaults, fail);
  }
}

function parseMerge(
  kind: MergeRule['kind'],
  modifiers: string,
  value: string | undefined,
  defaults: RuleDefaults,
  fail: Fail,
): MergeRule {
  checkModifiers(modifiers, '/Cenwsrpx-+', fail);
  const contents = modifiers.match(/[-+C]/g) ?? [];
  if (contents.length > 1)
    throw fail('its modifiers contradict each other', `'${contents.join('')}' contradict each other`);
  const content = contentsByModifier.get(contents[0]) ?? 'rules';
  const side = sideOf(modifiers, undefined, defaults, fail);
  const excludesItself = modifiers.includes('e');
  const file = checkPattern(content === 'cvs' ? value || '.cvsignore' : value, fail);
  if (excludesItself && file.endsWith('/')) throw fail('a folder cannot be read');
  return {
    kind,
    file,
    content,
    excludesItself,
    isInherited: content !== 'cvs' && !modifiers.includes('n'),
    isWordwise: content === 'cvs' || modifiers.includes('w'),
    // Only a file of rules with prefixes can name the receiver in spite of --delete-excluded.
    ...traitsOf(modifiers, content === 'rules' ? side : narrowed(side, defaults), defaults),
  };
}

const contentsByModifier = new Map<string | undefined, FileContent>([
  ['-', 'excludes'],
  ['+', 'includes'],
  ['C', 'cvs'],
]);

function patternTraits(
  modifiers: string,
  named: Side | undefined,
  defaults: RuleDefaults,
  fail: Fail,
): RuleTraits {
  const side = sideOf(modifiers, named, defaults, fail);
  return traitsOf(modifiers, narrowed(side, defaults), defaults);
}

function narrowed(side: RuleSide, defaults: RuleDefaults): RuleSide {
  return side === 'any' && defaults.deleteExcluded ? 'sender' : side;
}

function traitsOf(modifiers: string, side: RuleSide, defaults: RuleDefaults): RuleTraits {
  return {
    side,
    isAbsolute: defaults.isAbsolute || modifiers.includes('/'),
    isPerishable: defaults.isPerishable || modifiers.includes('p'),
    isXattr: modifiers.includes('x'),
    origin: 'user',
  };
}

function sideOf(modifiers: string, named: Side | undefined, defaults: RuleDefaults, fail: Fail): RuleSide {
  const isSender = named === 'sender' || modifiers.includes('s');
  const isReceiver = named === 'receiver' || modifiers.includes('r');
  if (!isSender && !isReceiver) return defaults.side;
  if (defaults.side !== 'any') throw fail('the merge rule of its file names the side already');
  if (isSender && isReceiver) return 'both';
  return isSender ? 'sender' : 'receiver';
}

function checkModifiers(modifiers: string, allowed: string, fail: Fail): void {
  const wrong = [...modifiers].find((modifier) => !allowed.includes(modifier));
  if (wrong !== undefined)
    throw fail(
      'it has a modifier that such a rule does not take',
      `'${wrong}' is not a modifier of such a rule`,
    );
}

function checkPattern(pattern: string | undefined, fail: Fail): string {
  if (pattern === undefined || pattern === '') throw fail('it ends too early');
  if (!isTooLong(pattern)) return pattern;
  const { length } = encodeName(pattern);
  const { message } = fail(`${length} bytes; a pattern has at most ${MAX_PATTERN_LENGTH}`);
  throw new LongRuleError(message, pattern);
}
