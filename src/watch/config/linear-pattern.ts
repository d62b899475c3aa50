import { type CompiledSteps, compileSteps, type Step } from './pattern-steps.ts';
import type { PatternNode } from './pattern-tree.ts';

/**
 * A regular expression whose time grows with the length of the path only, not with the number of ways to cut it: no
 * step is tried twice at the same place of the path. It finds what JavaScript's own engine would find, but that a group
 * in a repeat keeps what it matched last, as in Perl.
 *
 * Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", backtracking with a bitmap.
 */
export class LinearPattern extends RegExp {
  readonly #compiled: CompiledSteps;

  constructor(source: string, flags: string, tree: PatternNode) {
    super(source, flags);
    this.#compiled = compileSteps(tree);
  }

  override exec(text: string): RegExpExecArray | null {
    const { steps, slots } = this.#compiled;
    const search = new Search(steps, text);
    for (let start = 0; start <= text.length; start += 1) {
      if (isInsidePair(text, start)) continue;
      const found = search.run(0, start, new Array<number>(slots).fill(-1));
      if (found !== undefined) return resultOf(text, found);
    }
    return null;
  }
}

/** A place to go on from if what is tried now leads nowhere. */
interface Choice {
  readonly step: number;
  readonly at: number;
  readonly slots: readonly number[];
}

class Search {
  readonly #steps: readonly Step[];
  readonly #text: string;
  /** A bit for each step at each place: it was tried there, and leads nowhere. */
  readonly #tried: Uint8Array;

  constructor(steps: readonly Step[], text: string) {
    this.#steps = steps;
    this.#text = text;
    this.#tried = new Uint8Array(Math.ceil((steps.length * (text.length + 1)) / 8));
  }

  /** Where groups begin and end, if the steps from here on lead to their end. */
  run(from: number, start: number, given: readonly number[], isLook = false): readonly number[] | undefined {
    const choices: Choice[] = [{ step: from, at: start, slots: given }];
    const marked: number[] | undefined = isLook ? [] : undefined;
    for (let choice = choices.pop(); choice !== undefined; choice = choices.pop()) {
      const found = this.#follow(choice, choices, marked);
      if (found === undefined) continue;
      // What led here does lead somewhere: the next look may come by again.
      for (const bit of marked ?? [])
        this.#tried[bit >> 3] = (this.#tried[bit >> 3] ?? 0) & ~(1 << (bit & 7));
      return found;
    }
    return undefined;
  }

  #follow(choice: Choice, choices: Choice[], marked: number[] | undefined): readonly number[] | undefined {
    let { step: index, at, slots } = choice;
    for (;;) {
      if (!this.#mark(index, at, marked)) return undefined;
      const step = this.#steps[index] as Step;
      index += 1;
      switch (step.kind) {
        case 'character': {
          const character = step.isBehind ? characterBefore(this.#text, at) : characterAt(this.#text, at);
          if (character === '' || !step.matches(character)) return undefined;
          at += step.isBehind ? -character.length : character.length;
          break;
        }
        case 'split':
          choices.push({ step: step.second, at, slots });
          index = step.first;
          break;
        case 'jump':
          index = step.to;
          break;
        case 'save':
          slots = slots.with(step.slot, at);
          break;
        case 'place':
          if (!step.holds(this.#text, at)) return undefined;
          break;
        case 'look': {
          const seen = this.run(index, at, slots, true);
          if ((seen !== undefined) === step.isNegated) return undefined;
          slots = seen ?? slots;
          index = step.end;
          break;
        }
        case 'found':
          return slots;
      }
    }
  }

  #mark(step: number, at: number, marked: number[] | undefined): boolean {
    const bit = step * (this.#text.length + 1) + at;
    const byte = this.#tried[bit >> 3] ?? 0;
    if ((byte & (1 << (bit & 7))) !== 0) return false;
    this.#tried[bit >> 3] = byte | (1 << (bit & 7));
    marked?.push(bit);
    return true;
  }
}

function resultOf(text: string, slots: readonly number[]): RegExpExecArray {
  const parts: string[] = [];
  for (let slot = 0; slot < slots.length; slot += 2) {
    const [one = -1, other = -1] = slots.slice(slot, slot + 2);
    // A group that did not take part is undefined in the result of JavaScript, whose type does not say so.
    parts.push(
      (one < 0 || other < 0 ? undefined : text.slice(Math.min(one, other), Math.max(one, other))) as string,
    );
  }
  return Object.assign(parts as [string, ...string[]], { index: slots[0] ?? 0, input: text });
}

function characterAt(text: string, at: number): string {
  const code = text.codePointAt(at);
  return code === undefined ? '' : String.fromCodePoint(code);
}

function characterBefore(text: string, at: number): string {
  return at === 0 ? '' : characterAt(text, isInsidePair(text, at - 1) ? at - 2 : at - 1);
}

function isInsidePair(text: string, at: number): boolean {
  return at > 0 && (text.codePointAt(at - 1) ?? 0) > 0xffff;
}
