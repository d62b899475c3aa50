import { basename, dirname } from 'node:path';
import type { Problem } from '../errors.ts';
import type { FileEntry, IdNames } from '../file-list/file-entry.ts';
import { isDirectory } from '../file-list/file-mode.ts';
import type { Listing, SourceFile, SourceTree } from '../file-list/source-tree.ts';
import { localIdNames } from './id-names.ts';
import {
  type LocalEntry,
  leadsToFolder,
  type Origin,
  pathOf,
  readEntries,
  readEntry,
  readOriginEntry,
  realFolder,
} from './local-entry.ts';
import { readRuleFile } from './rule-file.ts';
import { parseSource, type SourceArgument } from './source-arguments.ts';
import { SourceOpener } from './source-file.ts';
import type { EntryWishes } from './stat-entry.ts';

export interface LocalTreeOptions extends EntryWishes {
  readonly recursive: boolean;
  /** Folders are listed without their contents. */
  readonly dirs: boolean;
  readonly relative: boolean;
  /** Whether what is found in a folder is listed. */
  readonly accepts?: ((name: string, isFolder: boolean) => boolean) | undefined;
}

/**
 * Files and folders of this machine, named as rsync's source arguments. Everything is answered at once, with
 * synchronous calls: that is several times faster than waiting for each.
 */
export class LocalTree implements SourceTree {
  readonly idNames: IdNames = localIdNames();
  readonly #options: LocalTreeOptions;
  readonly #sources: readonly SourceArgument[];
  readonly #opener = new SourceOpener();
  /** What the arguments name below the top, by the name of the folder that it is in. */
  readonly #named = new Map<string, LocalEntry[]>();
  /** Where the contents of a folder lie, if that is not where its entry comes from, or not there alone. */
  readonly #contents = new Map<string, Origin[]>();
  #root: string | undefined;

  constructor(sources: readonly string[], options: LocalTreeOptions) {
    this.#options = options;
    this.#sources = sources.map((source) => parseSource(source, options.relative));
  }

  roots(): Listing {
    const problems: Problem[] = [];
    const entries = new Map<string, LocalEntry>();
    for (const [index, source] of this.#sources.entries()) {
      const base = enterBase(source, index, problems);
      if (base === undefined) continue;
      try {
        this.#addSource(source, base, entries, problems);
      } catch (thrown) {
        problems.push(sourceProblem(source.text, thrown));
      }
    }
    return { entries: [...entries.values()], problems };
  }

  children(folder: FileEntry): Listing {
    const { name, origin } = folder as LocalEntry;
    const problems: Problem[] = [];
    const named = this.#named.get(name) ?? [];
    const origins = hasContents(folder) ? (this.#contents.get(name) ?? [origin]) : [];
    const [only] = origins;
    if (named.length === 0 && origins.length <= 1) {
      return { entries: only === undefined ? [] : this.#scan(name, only, problems), problems };
    }
    // The first source that has a name decides what it is.
    const parts = [
      ...named.map((entry) => ({ source: entry.origin.source, list: () => [entry] })),
      ...origins.map((from) => ({ source: from.source, list: () => this.#scan(name, from, problems) })),
    ].sort((a, b) => a.source - b.source);
    const entries = new Map<string, LocalEntry>();
    for (const { list } of parts) for (const entry of list()) this.#merge(entries, entry);
    return { entries: [...entries.values()], problems };
  }

  open(entry: FileEntry): SourceFile {
    const path = pathOf((entry as LocalEntry).origin, entry.name);
    return this.#opener.open(dirname(path), basename(path));
  }

  /** The absolute path of the root of the transfer: where the first source lies that can be found. */
  get root(): string {
    if (this.#root === undefined) {
      const origins = this.#sources.map((source, index) => enterBase(source, index, []));
      this.#root = origins.find((origin) => origin !== undefined)?.folder || '/';
    }
    return this.#root;
  }

  readRules(path: string): Buffer | undefined {
    return readRuleFile(path.startsWith('/') ? path : `${this.root}/${path}`);
  }

  /** Lets go of what opening files has kept open. */
  close(): void {
    this.#opener.close();
  }

  #addSource(
    source: SourceArgument,
    origin: Origin,
    top: Map<string, LocalEntry>,
    problems: Problem[],
  ): void {
    const { recursive, dirs } = this.#options;
    if (source.components.length > 0) {
      const isListed = this.#addNamed(source, origin, top, problems);
      if (isListed && source.impliesRoot) {
        this.#merge(top, readEntry('.', origin, 'implied', this.#options));
      }
    } else if (recursive || dirs) {
      this.#merge(top, readEntry('.', origin, 'root', this.#options));
      for (const entry of this.#scan('.', origin, problems)) this.#merge(top, entry);
    } else {
      problems.push(skipped(source.text));
    }
  }

  /** Adds a named source, and with `--relative` the folders that lead to it: all of them or none. */
  #addNamed(
    source: SourceArgument,
    base: Origin,
    top: Map<string, LocalEntry>,
    problems: Problem[],
  ): boolean {
    const path: LocalEntry[] = [];
    let origin = base;
    let parent = '';
    for (const component of source.components.slice(0, -1)) {
      const name = parent === '' ? component : `${parent}/${component}`;
      origin = { ...base, prefix: `${name}/`, folder: realFolder(pathOf(origin, name)) };
      path.push(readOriginEntry(origin, 'implied', this.#options));
      parent = name;
    }
    const last = source.components.at(-1) ?? '.';
    const { recursive, dirs } = this.#options;
    const name = parent === '' ? last : `${parent}/${last}`;
    const place = pathOf(origin, name);
    // A symlink with a slash behind it is followed, if it leads to a folder.
    const entry =
      source.isContents && leadsToFolder(place)
        ? readOriginEntry({ ...base, prefix: `${name}/`, folder: realFolder(place) }, 'root', this.#options)
        : readEntry(name, origin, recursive ? 'root' : 'none', this.#options);
    if (isDirectory(entry.mode) && !recursive && !dirs) {
      problems.push(skipped(source.text));
      return false;
    }
    for (const one of [...path, entry]) this.#addToFolder(one, top);
    return true;
  }

  #addToFolder(entry: LocalEntry, top: Map<string, LocalEntry>): void {
    const slash = entry.name.lastIndexOf('/');
    if (slash < 0) {
      this.#merge(top, entry);
      return;
    }
    const folder = entry.name.slice(0, slash);
    this.#named.set(folder, [...(this.#named.get(folder) ?? []), entry]);
  }

  /** Of two entries of one name a folder wins, then the first; a folder is listed if one of them is. */
  #merge(entries: Map<string, LocalEntry>, entry: LocalEntry): void {
    const { name } = entry;
    const known = entries.get(name);
    if (known === undefined || (isDirectory(entry.mode) && !isDirectory(known.mode))) {
      entries.set(name, entry);
      return;
    }
    if (!hasContents(entry) || !isDirectory(known.mode)) return;
    if (!hasContents(known)) this.#contents.set(name, [entry.origin]);
    else if (pathOf(known.origin, name) !== pathOf(entry.origin, name)) {
      this.#contents.set(name, [...(this.#contents.get(name) ?? [known.origin]), entry.origin]);
    }
    const contents = known.contents === 'root' ? 'root' : (entry.contents ?? 'listed');
    entries.set(name, { ...known, contents });
  }

  #scan(folder: string, origin: Origin, problems: Problem[]): LocalEntry[] {
    const { recursive, accepts } = this.#options;
    const entries = readEntries(folder, origin, recursive ? 'listed' : 'none', this.#options, problems);
    if (accepts === undefined) return entries;
    return entries.filter(({ name, mode }) => accepts(name, isDirectory(mode)));
  }
}

function hasContents({ contents }: FileEntry): boolean {
  return contents === 'root' || contents === 'listed';
}

/** The folder that a source's names are relative to. If it cannot be entered, nobody knows what is left out. */
function enterBase({ base, text }: SourceArgument, source: number, problems: Problem[]): Origin | undefined {
  try {
    return { prefix: '', folder: realFolder(base === '' ? '.' : base), source };
  } catch (thrown) {
    problems.push({ path: text, doing: 'chdir', cause: thrown as Error, kind: 'failed' });
    return undefined;
  }
}

function sourceProblem(path: string, thrown: unknown): Problem {
  const cause = thrown as NodeJS.ErrnoException;
  return { path, doing: 'lstat', cause, kind: cause.code === 'ENOENT' ? 'missing-source' : 'failed' };
}

function skipped(path: string): Problem {
  const cause = new Error(`skipping directory ${path}: folders are sent with --recursive or --dirs only`);
  return { path, doing: 'list', cause, kind: 'skipped' };
}
