import { decodeName, encodeName } from '../../protocol/index.ts';
import { compilePattern } from './perl-pattern.ts';
import { ValueError } from './value-error.ts';

export interface PatternKind {
  /** `whole` must match from end to end, so that no `^`, `$` or `.*` is implied. */
  readonly extent: 'whole' | 'part';
  /**
   * Compares bytes instead of characters, as sersync does. Needed when the expression is not UTF-8: in GBK the same
   * bytes may be cut into characters differently in the expression and in a path.
   */
  readonly isBytewise: boolean;
}

/** What a pattern found in a path. */
export interface PathMatch {
  /** What the groups matched, the first at index 0. */
  readonly groups: ReadonlyArray<string | undefined>;
  /** The path behind the match. */
  readonly rest: string;
}

/** A regular expression of the config, ready to use on names and paths. */
export class PathPattern {
  /** As it stands in the file. */
  readonly expression: string;
  readonly kind: PatternKind;
  readonly #regex: RegExp;

  /** What is wrong in the expression is a {@link ValueError}. */
  constructor(expression: string, kind: PatternKind) {
    const { extent, isBytewise } = kind;
    this.expression = expression;
    this.kind = kind;
    this.#regex = isBytewise ? compileBytewise(expression, extent) : compilePattern(expression, extent);
  }

  matches(path: string): boolean {
    return this.#regex.test(this.kind.isBytewise ? toBytes(path) : path);
  }

  find(path: string): PathMatch | undefined {
    const searched = this.kind.isBytewise ? toBytes(path) : path;
    const match = this.#regex.exec(searched);
    if (match === null) return undefined;
    const name = (part: string) => (this.kind.isBytewise ? fromBytes(part) : part);
    const groups = match.slice(1).map((group?: string) => (group === undefined ? undefined : name(group)));
    return { groups, rest: name(searched.slice(match.index + match[0].length)) };
  }
}

function compileBytewise(expression: string, extent: PatternKind['extent']): RegExp {
  const bytes = toBytes(expression);
  try {
    return compilePattern(bytes, extent);
  } catch (thrown) {
    if (!(thrown instanceof ValueError)) throw thrown;
    const index = fromBytes(bytes.slice(0, thrown.index)).length;
    throw new ValueError(index, fromBytes(thrown.message), fromBytes(thrown.remedy));
  }
}

/** A string with one character, U+0000 to U+00FF, for each byte of the name. */
function toBytes(name: string): string {
  return encodeName(name).toString('latin1');
}

function fromBytes(bytes: string): string {
  return decodeName(Buffer.from(bytes, 'latin1'));
}
