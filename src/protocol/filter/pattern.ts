import { encodeName } from '../wire/file-name.ts';
import type { PatternRule } from './rule.ts';
import { compileWildcards } from './wildmatch.ts';

/** A rule, ready to be asked. */
export interface CompiledRule {
  readonly kind: 'compiled';
  readonly isExclude: boolean;
  readonly isPerishable: boolean;
  matches(subject: Subject): boolean;
}

/** A name as patterns see it: one character per byte. */
export function byteString(name: string): string {
  return /[\u0080-\uffff]/.test(name) ? encodeName(name).toString('latin1') : name;
}

/** The file that rules are asked about. */
export class Subject {
  /** Path from the transfer root. */
  readonly path: string;
  /** Its last component. */
  readonly name: string;
  readonly isDirectory: boolean;
  readonly #rootPrefix: string;

  /** `rootPrefix` is a byte string: the absolute path of the transfer root, with no slash in front but one behind. */
  constructor(path: string, isDirectory: boolean, rootPrefix: string) {
    this.path = byteString(path.startsWith('/') ? path.slice(1) : path);
    this.name = this.path.slice(this.path.lastIndexOf('/') + 1);
    this.isDirectory = isDirectory;
    this.#rootPrefix = rootPrefix;
  }

  /** Path from the root of the file system or module, without the slash in front. */
  get absolutePath(): string {
    return this.#rootPrefix + this.path;
  }
}

/**
 * Compiles a rule, which then looks at:
 *
 * ```
 * foo  *.o         the last component
 * a/b  a/*.o       as many components at the end as the pattern has
 * a/**.o           the whole path, and each part of it behind a slash
 * /a   /a/**       the whole path
 * **a/b            the whole path with a slash in front
 * foo/             folders only
 * foo/***          folders with a slash at the end, so that `foo` itself matches too
 * ```
 * A pattern without `*`, `?` and `[` is compared as it is: a backslash is only a backslash there. With one of them it
 * quotes, and `x[1]` is a set: such a rule does not match a file of that very name (`x\[1\]` does).
 *
 * Source: docs/protocol chapter 1, section 10.7.
 */
export function compileRule(rule: PatternRule): CompiledRule {
  const isFolderOnly = rule.pattern.endsWith('/');
  const matchesPattern = compilePattern(
    byteString(isFolderOnly ? rule.pattern.slice(0, -1) : rule.pattern),
    rule.isAbsolute,
  );
  const { isNegated } = rule;
  return {
    kind: 'compiled',
    isExclude: rule.verdict === 'exclude',
    isPerishable: rule.isPerishable,
    matches: (subject) =>
      (subject.isDirectory || !isFolderOnly) && matchesPattern(subject) ? !isNegated : isNegated,
  };
}

type SubjectTest = (subject: Subject) => boolean;

function compilePattern(pattern: string, isAbsolute: boolean): SubjectTest {
  const pathOf = isAbsolute ? absolutePathOf : relativePathOf;
  const isAnchored = pattern.startsWith('/');
  const body = isAnchored ? pattern.slice(1) : pattern;
  if (!/[*?[]/.test(pattern)) return compileLiteral(body, isAnchored, pathOf);

  const matches = compileWildcards(body);
  const slashes = pattern.split('/').length - 1;
  if (!pattern.includes('**')) {
    if (slashes === 0) return (subject) => matches(subject.name);
    if (isAnchored) return (subject) => matches(pathOf(subject));
    return (subject) => {
      const components = lastComponents(pathOf(subject), slashes + 1);
      return components !== undefined && matches(components);
    };
  }
  const addsSlash = pattern.endsWith('***');
  const subjectText = (subject: Subject) =>
    addsSlash && subject.isDirectory ? `${pathOf(subject)}/` : pathOf(subject);
  if (isAnchored) return (subject) => matches(subjectText(subject));
  if (pattern.startsWith('**')) return (subject) => matches(`/${subjectText(subject)}`);
  const matchesLater = compileWildcards(`**/${body}`);
  return (subject) => {
    const text = subjectText(subject);
    return matches(text) || matchesLater(text);
  };
}

function compileLiteral(
  body: string,
  isAnchored: boolean,
  pathOf: (subject: Subject) => string,
): SubjectTest {
  if (isAnchored) return (subject) => pathOf(subject) === body;
  if (!body.includes('/')) return (subject) => subject.name === body;
  const tail = `/${body}`;
  return (subject) => pathOf(subject) === body || pathOf(subject).endsWith(tail);
}

function relativePathOf(subject: Subject): string {
  return subject.path;
}

function absolutePathOf(subject: Subject): string {
  return subject.absolutePath;
}

/** Undefined if the path has fewer. */
function lastComponents(path: string, count: number): string | undefined {
  let start = path.length;
  for (let i = 0; i < count; i++) {
    if (start <= 0) return undefined;
    start = path.lastIndexOf('/', start - 1);
  }
  return path.slice(start + 1);
}
