import type { PatternNode, PlaceTest, RepeatNode } from './pattern-tree.ts';

/** One step of a search. Without a word on where to go on, it is with the next one. */
export type Step =
  | {
      readonly kind: 'character';
      readonly isBehind: boolean;
      readonly matches: (character: string) => boolean;
    }
  /** Try `first`, and then `second`. */
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'jump'; readonly to: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'place'; readonly holds: PlaceTest }
  /** The steps up to `end` are tried for themselves, and the search goes on where it was. */
  | { readonly kind: 'look'; readonly isNegated: boolean; readonly end: number }
  | { readonly kind: 'found' };

export interface CompiledSteps {
  readonly steps: readonly Step[];
  /** Two for each group and for the whole: where it begins and ends. */
  readonly slots: number;
}

/** More than the longest expression without counts has. Times the length of a path this bounds time and memory. */
const MAX_STEPS = 5000;

/** The expression cannot be searched for in a time that grows with the path only. */
export class CostError extends Error {
  readonly reason: 'size' | 'reference';

  constructor(reason: 'size' | 'reference') {
    super(reason);
    this.reason = reason;
  }
}

/** What cannot be done step by step is a {@link CostError}. */
export function compileSteps(tree: PatternNode): CompiledSteps {
  const compiler = new StepCompiler();
  compiler.add({ kind: 'group', index: 0, body: tree }, false);
  compiler.push({ kind: 'found' });
  return compiler;
}

class StepCompiler implements CompiledSteps {
  readonly steps: Step[] = [];
  slots = 0;

  push(step: Step): number {
    if (this.steps.length >= MAX_STEPS) throw new CostError('size');
    return this.steps.push(step) - 1;
  }

  /** `isBehind` goes from the right to the left, as a look behind does. */
  add(node: PatternNode, isBehind: boolean): void {
    switch (node.kind) {
      case 'character':
        this.push({ kind: 'character', isBehind, matches: node.matches });
        break;
      case 'sequence':
        for (const item of isBehind ? node.items.toReversed() : node.items) this.add(item, isBehind);
        break;
      case 'choice':
        this.#addChoice(node.options, isBehind);
        break;
      case 'group':
        this.slots = Math.max(this.slots, 2 * node.index + 2);
        this.push({ kind: 'save', slot: 2 * node.index });
        this.add(node.body, isBehind);
        this.push({ kind: 'save', slot: 2 * node.index + 1 });
        break;
      case 'repeat':
        this.#addRepeat(node, isBehind);
        break;
      case 'place':
        this.push({ kind: 'place', holds: node.holds });
        break;
      case 'look': {
        const look = this.push({ kind: 'found' });
        this.add(node.body, node.isBehind);
        this.push({ kind: 'found' });
        this.steps[look] = { kind: 'look', isNegated: node.isNegated, end: this.steps.length };
        break;
      }
      default:
        throw new CostError('reference');
    }
  }

  #addChoice(options: readonly PatternNode[], isBehind: boolean): void {
    const ends: number[] = [];
    for (const [index, option] of options.entries()) {
      const isLast = index === options.length - 1;
      const split = isLast ? -1 : this.push({ kind: 'found' });
      this.add(option, isBehind);
      if (isLast) break;
      ends.push(this.push({ kind: 'found' }));
      this.steps[split] = { kind: 'split', first: split + 1, second: this.steps.length };
    }
    for (const end of ends) this.steps[end] = { kind: 'jump', to: this.steps.length };
  }

  #addRepeat({ body, min, max, isLazy }: RepeatNode, isBehind: boolean): void {
    for (let count = 0; count < min; count += 1) this.add(body, isBehind);
    const splits: number[] = [];
    const isEndless = max === Infinity;
    const optional = isEndless ? 1 : max - min;
    for (let count = 0; count < optional; count += 1) {
      splits.push(this.push({ kind: 'found' }));
      this.add(body, isBehind);
    }
    if (isEndless) this.push({ kind: 'jump', to: splits[0] as number });
    const out = this.steps.length;
    for (const split of splits) {
      const [first, second] = isLazy ? [out, split + 1] : [split + 1, out];
      this.steps[split] = { kind: 'split', first, second };
    }
  }
}
