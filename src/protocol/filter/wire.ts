import { ProtocolError, UsageError } from '../errors.ts';
import type { TransferOptions } from '../options/transfer-options.ts';
import type { Cursor } from '../wire/cursor.ts';
import type { Encoder } from '../wire/encoder.ts';
import { decodeName, encodeName } from '../wire/file-name.ts';
import { MAX_FILTER_LIST_LENGTH, MAX_FILTER_RULES, MAX_RULE_LENGTH } from '../wire/limits.ts';
import { isDeleting } from './parse-filters.ts';
import { concerns, type FilterRule, type FilterRules, type RuleSettings } from './rule.ts';
import { RuleCollector } from './rule-collector.ts';

/** Which way the files go, seen from the client, which sends the rules. */
export type Direction = 'push' | 'pull';

/** The first version that reads rules with modifiers, and the first that knows perishable ones. */
const PREFIX_PROTOCOL = 29;
const PERISHABLE_PROTOCOL = 30;

/**
 * Whether a client that pushes sends a filter list at all: the server expects one only if it needs it. A client that
 * pulls always sends one. Throws a ProtocolError if the server would delete without hearing of rules for it.
 *
 * Source: docs/protocol chapter 1, section 10.1.
 */
export function pushSendsFilterList(
  options: TransferOptions,
  rules: readonly FilterRule[],
  protocol: number,
): boolean {
  if (options.pruneEmptyDirs === true) return true;
  if (!isDeleting(options)) return false;
  if (options.deleteExcluded !== true || protocol >= PREFIX_PROTOCOL) return true;
  if (rules.some((rule) => concerns(rule, 'receiver'))) throw tooModern();
  return false;
}

/**
 * Encodes the rules that concern the server. Throws a ProtocolError if its version cannot express one of them.
 *
 * Source: docs/protocol chapter 1, section 10.5.
 */
export function encodeFilterList(
  encoder: Encoder,
  rules: readonly FilterRule[],
  protocol: number,
  direction: Direction,
): void {
  const peer = direction === 'push' ? 'receiver' : 'sender';
  const concerned = rules.filter((rule) => concerns(rule, peer));
  encodeRuleTexts(
    encoder,
    concerned.flatMap((rule) => ruleTexts(rule, protocol, direction)),
  );
}

/**
 * A filter list of rules as servers read them.
 *
 * ```
 * repeated: int32 length (1..5119), that many bytes
 * int32     0
 * ```
 * Source: docs/protocol chapter 1, section 10.2.
 */
export function encodeRuleTexts(encoder: Encoder, texts: readonly string[]): void {
  for (const text of texts) {
    const bytes = encodeName(text);
    encoder.int32(bytes.length);
    encoder.bytes(bytes);
  }
  encoder.int32(0);
}

/**
 * Decodes the rules that a client sends to a server. It needs the whole list at once. A mistake in a rule is the
 * peer's: a ProtocolError. Files are never merged on its word.
 */
export function decodeFilterList(cursor: Cursor, protocol: number, settings: RuleSettings): FilterRules {
  const texts: Buffer[] = [];
  for (let total = 0; ; ) {
    const length = cursor.int32In(0, MAX_RULE_LENGTH, 'length of a filter rule');
    if (length === 0) break;
    total += length;
    if (total > MAX_FILTER_LIST_LENGTH)
      throw new ProtocolError(`filter list: more than ${MAX_FILTER_LIST_LENGTH} bytes`);
    if (texts.length === MAX_FILTER_RULES)
      throw new ProtocolError(`filter list: more than ${MAX_FILTER_RULES} rules`);
    texts.push(cursor.bytes(length));
  }
  const readMerged = () => {
    throw new ProtocolError('filter list: a server does not merge files for its client');
  };
  const collector = new RuleCollector({ settings, readMerged, refusesLong: true });
  const format = protocol < PREFIX_PROTOCOL ? 'exclude-option' : 'rules';
  try {
    for (const text of texts) collector.add(decodeName(text), format, 'filter list');
  } catch (thrown) {
    if (thrown instanceof UsageError) throw new ProtocolError(thrown.message, { cause: thrown });
    throw thrown;
  }
  return { rules: collector.rules, settings };
}

function ruleTexts(rule: FilterRule, protocol: number, direction: Direction): string[] {
  const isOption = rule.origin === 'cvs-option';
  if (isOption && direction === 'pull') return [];
  if (rule.kind === 'cvs' && (direction === 'push' || protocol < PREFIX_PROTOCOL)) {
    return rule.rules.flatMap((one) => ruleTexts(one, protocol, direction));
  }
  const losesPerishable = direction === 'pull' || rule.origin !== 'user';
  if (rule.isPerishable && protocol < PERISHABLE_PROTOCOL && !losesPerishable) throw tooModern();
  if (protocol >= PREFIX_PROTOCOL) return [prefixedText(rule, protocol)];
  if (rule.kind === 'dir-merge' && isOption) return [];
  return [plainText(rule)];
}

/** The form up to protocol 28. A rule for one side holds for both there. */
function plainText(rule: FilterRule): string {
  if (rule.kind !== 'pattern' || rule.isAbsolute || rule.isNegated || rule.isXattr) throw tooModern();
  if (rule.verdict === 'include') return `+ ${rule.pattern}`;
  // The real client forgets the prefix for a lone "!", and so has the server forget all rules.
  return /^(?:[-+] |!$)/.test(rule.pattern) ? `- ${rule.pattern}` : rule.pattern;
}

/** The form from protocol 29 on: operation, modifiers, blank, pattern. */
function prefixedText(rule: FilterRule, protocol: number): string {
  const isSender = rule.side === 'sender' || rule.side === 'both';
  const isReceiver = rule.side === 'receiver' || rule.side === 'both';
  const traits =
    (rule.isXattr ? 'x' : '') +
    (isSender ? 's' : '') +
    (isReceiver ? 'r' : '') +
    (rule.isPerishable && protocol >= PERISHABLE_PROTOCOL ? 'p' : '');
  const absolute = rule.isAbsolute ? '/' : '';
  if (rule.kind === 'dir-merge') {
    const inherited = rule.isInherited ? '' : 'n';
    const words = rule.isWordwise ? 'w' : '';
    const content = rule.content === 'cvs' ? 'C' : inherited + words + contentModifiers[rule.content];
    return `:${absolute}${content}${traits} ${rule.file}`;
  }
  const operation = rule.verdict === 'exclude' ? '-' : '+';
  const negated = rule.isNegated ? '!' : '';
  const [cvs, pattern] = rule.kind === 'cvs' ? ['C', ''] : ['', rule.pattern];
  return `${operation}${absolute}${negated}${cvs}${traits} ${pattern}`;
}

const contentModifiers = { rules: '', excludes: '-', includes: '+' } as const;

function tooModern(): ProtocolError {
  return new ProtocolError('filter rules are too modern for remote rsync.');
}
