import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemPath } from '../protocol/internal.ts';

/** One source as the user named it: where it lies, and what its first name in the list is. */
interface Source {
  readonly text: string;
  /** What stands in front of the listed names, cleaned; empty or with a slash at its end. */
  readonly base: string;
  /** The name in the list; undefined if everything in the base is listed. */
  readonly name: string | undefined;
}

export interface SourcePathOptions {
  readonly relative: boolean;
  /** `--files-from`: names are relative to the only source. */
  readonly hasList: boolean;
  /** The folder in which we run. */
  readonly folder: string;
}

/** Finds the way back from names in the file list to paths on this machine, as the user named them. */
export class SourcePaths {
  readonly #sources: readonly Source[];
  readonly #options: SourcePathOptions;
  readonly #isRooted: boolean;

  constructor(sources: readonly string[], options: SourcePathOptions) {
    const { relative, hasList } = options;
    this.#options = options;
    this.#isRooted =
      relative && !hasList && sources.every((text) => text.startsWith('/') && !text.includes('/./'));
    this.#sources = sources.map((text) => {
      if (hasList) return { text, base: baseOf(`${text}/`), name: undefined };
      return relative ? relativeSource(text) : plainSource(text);
    });
  }

  /** How rsync shows a listed name: `--relative` keeps the slash of an absolute source. */
  shownName(name: string): string {
    return this.#isRooted && name !== '.' ? `/${name}` : name;
  }

  /** The path of a listed entry. */
  pathOf(name: string): string {
    const candidates = this.#sources
      .filter((source) => isBelow(name, source.name))
      .map(({ base }) => base + name);
    const [first = name, ...others] = candidates;
    return others.length === 0 ? first : (candidates.find((path) => this.#exists(path)) ?? first);
  }

  /** The absolute path of a listed entry, or of a source. */
  fullPath(path: string): string {
    const isSource = this.#sources.some(({ text }) => text === path);
    return resolve(this.#options.folder, isSource ? path : this.pathOf(path));
  }

  /** The absolute path of the folder in which a source is looked for; what is listed is no source of its own. */
  folderOf(text: string): string {
    if (this.#options.hasList) return this.fullPath(text.slice(0, text.lastIndexOf('/') + 1));
    return resolve(this.#options.folder, this.#sources.find((source) => source.text === text)?.base ?? '');
  }

  /** The name under which a source is listed, or would be. */
  nameOf(text: string): string {
    const { hasList, relative } = this.#options;
    if (hasList) return (relative ? text.replace(/\/$/, '') : text.slice(text.lastIndexOf('/') + 1)) || '.';
    return this.#sources.find((source) => source.text === text)?.name ?? '.';
  }

  #exists(path: string): boolean {
    const absolute = resolve(this.#options.folder, path);
    return lstatSync(systemPath(absolute), { throwIfNoEntry: false }) !== undefined;
  }
}

function plainSource(text: string): Source {
  if (/(^|\/)\.{0,2}$/.test(text)) return { text, base: baseOf(`${text}/`), name: undefined };
  const slash = text.lastIndexOf('/') + 1;
  return { text, base: baseOf(text.slice(0, slash)), name: text.slice(slash) };
}

function relativeSource(text: string): Source {
  const mark = text.indexOf('/./');
  const base = mark >= 0 ? text.slice(0, mark + 1) : text.startsWith('/') ? '/' : '';
  const name = baseOf(`${text.slice(mark >= 0 ? mark + 1 : base.length)}/`).slice(0, -1);
  return { text, base: baseOf(base), name: name === '' ? undefined : name };
}

/** A folder with a slash at its end and without needless parts; the one in which we are is empty. */
function baseOf(folder: string): string {
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.');
  const root = folder.startsWith('/') ? '/' : '';
  return parts.length === 0 ? root : `${root}${parts.join('/')}/`;
}

/** Whether a name is that of a source, below it, or on the way to it. */
function isBelow(name: string, source: string | undefined): boolean {
  if (source === undefined || name === source) return true;
  return name.startsWith(`${source}/`) || source.startsWith(`${name}/`);
}
