import { UsageError } from '../errors.ts';
import type { FilterRule } from '../filter/rule.ts';
import { pushSendsFilterList } from '../filter/wire.ts';
import type { ResolvedOptions } from '../options/resolve-options.ts';
import { Encoder } from '../wire/encoder.ts';

/** The end of a filter list, and nothing before it. */
const NO_FILTER_RULES = Uint8Array.of(0, 0, 0, 0);
const NOTHING = new Uint8Array(0);

/** What of a session decides whether its server expects a filter list. */
export interface FilterListContext {
  readonly options: ResolvedOptions;
  readonly terms: { readonly protocol: number };
}

/**
 * The filter list for a session: undefined if the server expects none.
 *
 * @throws ProtocolError if the server would delete without hearing of rules for it.
 */
export function filterListFor(
  context: FilterListContext,
  rules: readonly FilterRule[],
  encode: (encoder: Encoder) => void,
): Uint8Array | undefined {
  if (!isExpected(context, rules)) return undefined;
  const encoder = new Encoder();
  encode(encoder);
  return encoder.view();
}

/**
 * What goes over the line in front of the file list.
 *
 * @throws UsageError if there is a filter list, and the server expects none.
 */
export function filterListToSend(context: FilterListContext, filterList: Uint8Array | undefined): Uint8Array {
  if (isExpected(context, [])) return filterList ?? NO_FILTER_RULES;
  if (filterList !== undefined) throw new UsageError('filter rules are for a server that deletes');
  return NOTHING;
}

function isExpected({ options, terms }: FilterListContext, rules: readonly FilterRule[]): boolean {
  return pushSendsFilterList(options, rules, terms.protocol);
}
