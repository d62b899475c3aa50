import { EventFilter, type EventFilterRules } from '../../src/watch/filter/event-filter.ts';

const WHOLE = { extent: 'whole', isBytewise: false } as const;

/** A filter that excludes what is asked for, and nothing else. */
export function filterOf(rules: Partial<EventFilterRules> = {}): EventFilter {
  const nothing = { excludes: [], ignoresHidden: false, ignoresTemporary: false, transfer: {} };
  return new EventFilter({ ...nothing, root: '/watched', ...rules });
}

export function excluding(...expressions: string[]): EventFilter {
  return filterOf({ excludes: expressions.map((expression) => ({ expression, kind: WHOLE })) });
}
