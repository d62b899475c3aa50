import { UsageError } from '../errors.ts';

/** A source argument, cut into where it lies and what it is called in the list. */
export interface SourceArgument {
  /** What the user wrote; of a listed name only what counts. */
  readonly text: string;
  /** The folder that the names are relative to; empty is the current one. */
  readonly base: string;
  /** Components of the name; none is the folder itself, `.`. */
  readonly components: readonly string[];
  /** The contents are meant, not the folder: a trailing slash, or a path that ends in `.` or `..`. */
  readonly isContents: boolean;
  /** With `--relative` and `./` in front of the name: the base itself is listed as an implied folder. */
  readonly impliesRoot: boolean;
}

/**
 * Cuts a source argument as rsync does: without `--relative` only the last component is a name, with it the whole
 * path is, or what follows `/./`.
 *
 * Source: docs/protocol chapter 2, section 2.4.
 */
export function parseSource(text: string, isRelative: boolean): SourceArgument {
  if (text === '') throw new UsageError('a source is empty: name a file or folder');
  return isRelative ? parseRelative(text) : parsePlain(text);
}

/** The names of `--files-from`, which are relative to the only source. */
export function listedSources(
  sources: readonly string[],
  names: readonly string[],
  isRelative: boolean,
): SourceArgument[] {
  const [folder = '', ...others] = sources;
  if (folder === '' || others.length > 0) {
    throw new UsageError('--files-from needs exactly one source: the folder that the names are relative to');
  }
  return names.map((name) => parseListedName(folder, name, isRelative));
}

/**
 * Cuts a name of `--files-from`, which is relative to `folder` and cannot lead out of it: leading slashes mean nothing,
 * and `..` takes back the component before it, if there is one.
 *
 * Source: docs/protocol chapter 2, section 2.4; rsync 3.5.0.
 */
export function parseListedName(folder: string, text: string, isRelative: boolean): SourceArgument {
  const name = withinFolder(text);
  const source = isRelative ? parseRelative(name) : parsePlain(name);
  return { ...source, text: name, base: `${folder}/${source.base}` };
}

/** Keeps `.` where it stands in the middle: with `--relative` it marks where names begin. */
function withinFolder(text: string): string {
  const kept: string[] = [];
  const components = text.split('/');
  for (const component of components) {
    if (component === '..') kept.pop();
    else if (component !== '') kept.push(component);
  }
  const last = components.at(-1);
  if (last === '.') kept.pop();
  const isContents = last === '' || last === '.' || last === '..';
  return kept.length === 0 ? '.' : `${kept.join('/')}${isContents ? '/' : ''}`;
}

function parsePlain(text: string): SourceArgument {
  const isContents = /(^|\/)\.{0,2}$/.test(text);
  if (isContents) return { text, base: text, components: [], isContents, impliesRoot: false };
  const slash = text.lastIndexOf('/');
  const base = slash < 0 ? '' : text.slice(0, slash + 1);
  return { text, base, components: [text.slice(slash + 1)], isContents, impliesRoot: false };
}

function parseRelative(text: string): SourceArgument {
  const mark = text.indexOf('/./');
  const isDotted = mark < 0 && (text === '.' || text.startsWith('./'));
  const cut = mark >= 0 ? mark + 1 : isDotted ? 1 : 0;
  const components = text
    .slice(cut)
    .split('/')
    .filter((component) => component !== '' && component !== '.');
  if (components.includes('..')) {
    throw new UsageError(
      `source ${text}: with --relative a path may not contain ".." behind its start or "/./"`,
    );
  }
  return {
    text,
    base: cut === 0 && text.startsWith('/') ? '/' : text.slice(0, cut),
    components,
    isContents: components.length === 0 || /\/\.?$/.test(text),
    impliesRoot: (isDotted || /^\.\/+\.\//.test(text.slice(cut))) && components.length > 0,
  };
}
