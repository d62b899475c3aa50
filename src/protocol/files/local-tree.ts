import { type BigIntStats, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Problem } from '../errors.ts';
import type { FileEntry, FolderContents, IdNames } from '../file-list/file-entry.ts';
import { isDirectory } from '../file-list/file-mode.ts';
import type { Listing, SourceFile, SourceTree } from '../file-list/source-tree.ts';
import { decodeName, systemPath } from '../wire/file-name.ts';
import { localIdNames } from './id-names.ts';
import { readFolder } from './read-folder.ts';
import { parseSource, type SourceArgument } from './source-arguments.ts';
import { SourceOpener } from './source-file.ts';
import { entryOf } from './stat-entry.ts';

export interface LocalTreeOptions {
  readonly recursive: boolean;
  /** Folders are listed without their contents. */
  readonly dirs: boolean;
  readonly relative: boolean;
  readonly hardLinks: boolean;
  readonly atimes: boolean;
}

/** Where the names that begin with `prefix` lie: what follows the prefix is below `folder`, which has no symlinks. */
interface Origin {
  readonly prefix: string;
  readonly folder: string;
}

interface LocalEntry extends FileEntry {
  readonly origin: Origin;
}

const OPTIONS = { bigint: true, throwIfNoEntry: true } as const;

/**
 * Files and folders of this machine, named as rsync's source arguments. Everything is answered at once, with
 * synchronous calls: that is several times faster than waiting for each.
 */
export class LocalTree implements SourceTree {
  readonly idNames: IdNames = localIdNames();
  readonly #options: LocalTreeOptions;
  readonly #sources: readonly SourceArgument[];
  readonly #opener = new SourceOpener();
  /** What the arguments name in each folder, by the folder's name; the top is ''. */
  readonly #named = new Map<string, Map<string, LocalEntry>>();
  /** Folders of the same name that come from several sources: their contents are merged. */
  readonly #merged = new Map<string, Origin[]>();

  constructor(sources: readonly string[], options: LocalTreeOptions) {
    this.#options = options;
    this.#sources = sources.map((source) => parseSource(source, options.relative));
  }

  roots(): Listing {
    const problems: Problem[] = [];
    const entries = new Map<string, LocalEntry>();
    for (const source of this.#sources) {
      try {
        this.#addSource(source, entries, problems);
      } catch (thrown) {
        problems.push(sourceProblem(source.text, thrown));
      }
    }
    for (const [name, entry] of this.#named.get('') ?? []) this.#merge(entries, name, entry);
    return { entries: [...entries.values()], problems };
  }

  children(folder: FileEntry): Listing {
    const { origin } = folder as LocalEntry;
    const problems: Problem[] = [];
    const entries = new Map(this.#named.get(folder.name));
    if (folder.contents === 'root' || folder.contents === 'listed') {
      for (const from of this.#merged.get(folder.name) ?? [origin]) {
        for (const entry of this.#scan(folder.name, from, problems)) this.#merge(entries, entry.name, entry);
      }
    }
    return { entries: [...entries.values()], problems };
  }

  open(entry: FileEntry): SourceFile {
    const path = pathOf((entry as LocalEntry).origin, entry.name);
    return this.#opener.open(dirname(path), basename(path));
  }

  /** Lets go of what opening files has kept open. */
  close(): void {
    this.#opener.close();
  }

  #addSource(source: SourceArgument, top: Map<string, LocalEntry>, problems: Problem[]): void {
    const base = realPath(source.base === '' ? '.' : source.base);
    const origin = { prefix: '', folder: base === '/' ? '' : base };
    if (source.components.length === 0) {
      this.#addContents(source, origin, top, problems);
      return;
    }
    if (source.impliesRoot) this.#merge(top, '.', this.#entry('.', origin, 'implied'));
    this.#addNamed(source, origin, problems);
  }

  #addContents(
    source: SourceArgument,
    origin: Origin,
    top: Map<string, LocalEntry>,
    problems: Problem[],
  ): void {
    const { recursive, dirs } = this.#options;
    if (!recursive && !dirs) {
      problems.push(skipped(source.text));
      return;
    }
    this.#merge(top, '.', this.#entry('.', origin, 'root'));
    for (const entry of this.#scan('.', origin, problems)) this.#merge(top, entry.name, entry);
  }

  /** Adds a named source, and with `--relative` the folders that lead to it. */
  #addNamed(source: SourceArgument, base: Origin, problems: Problem[]): void {
    const { recursive, dirs } = this.#options;
    let origin = base;
    let parent = '';
    for (const [depth, component] of source.components.entries()) {
      const name = parent === '' ? component : `${parent}/${component}`;
      const isLast = depth === source.components.length - 1;
      if (!isLast) {
        origin = { prefix: `${name}/`, folder: realPath(pathOf(origin, name)) };
        this.#name(parent, name, this.#folderEntry(name, origin, 'implied'));
      } else {
        const entry = this.#lastEntry(name, origin, source);
        if (isDirectory(entry.mode) && !recursive && !dirs) problems.push(skipped(source.text));
        else this.#name(parent, name, entry);
      }
      parent = name;
    }
  }

  #lastEntry(name: string, origin: Origin, source: SourceArgument): LocalEntry {
    const entry = this.#entry(name, origin, this.#options.recursive ? 'root' : 'none');
    const listsContents = !this.#options.recursive && source.isContents && isDirectory(entry.mode);
    return listsContents ? { ...entry, contents: 'root' } : entry;
  }

  #name(parent: string, name: string, entry: LocalEntry): void {
    const siblings = this.#named.get(parent) ?? new Map<string, LocalEntry>();
    this.#merge(siblings, name, entry);
    this.#named.set(parent, siblings);
  }

  /** Of two entries of one name a folder wins, then the first; contents that are listed win over the mere folder. */
  #merge(entries: Map<string, LocalEntry>, name: string, entry: LocalEntry): void {
    const known = entries.get(name);
    if (known === undefined) {
      entries.set(name, entry);
      return;
    }
    if (!isDirectory(entry.mode)) return;
    if (!isDirectory(known.mode) || !hasContents(known)) {
      entries.set(name, entry);
    } else if (hasContents(entry) && pathOf(known.origin, name) !== pathOf(entry.origin, name)) {
      this.#merged.set(name, [...(this.#merged.get(name) ?? [known.origin]), entry.origin]);
    }
  }

  /** What is in a folder, all of it. */
  #scan(folder: string, origin: Origin, problems: Problem[]): LocalEntry[] {
    const path = folder === '.' ? origin.folder : pathOf(origin, folder);
    const names = attempt(folder, 'readdir', problems, () => readFolder(path === '' ? '/' : path)) ?? [];
    const entries: LocalEntry[] = [];
    const contents = this.#options.recursive ? 'listed' : 'none';
    for (const leaf of names) {
      const name = folder === '.' ? leaf : `${folder}/${leaf}`;
      const stats = attempt(name, 'lstat', problems, () => lstatSync(systemPath(`${path}/${leaf}`), OPTIONS));
      if (stats !== undefined) entries.push(this.#entryOf(name, origin, stats, contents));
    }
    return entries;
  }

  #entry(name: string, origin: Origin, contents: FolderContents): LocalEntry {
    const path = name === '.' ? origin.folder : pathOf(origin, name);
    return this.#entryOf(name, origin, lstatSync(systemPath(path === '' ? '/' : path), OPTIONS), contents);
  }

  /** A folder that leads somewhere; it may have been reached through a symlink. */
  #folderEntry(name: string, origin: Origin, contents: FolderContents): LocalEntry {
    return this.#entryOf(name, origin, lstatSync(systemPath(origin.folder), OPTIONS), contents);
  }

  #entryOf(name: string, origin: Origin, stats: BigIntStats, contents: FolderContents): LocalEntry {
    const entry = entryOf(name, stats, this.#options);
    return isDirectory(entry.mode) ? { ...entry, contents, origin } : { ...entry, origin };
  }
}

function pathOf({ prefix, folder }: Origin, name: string): string {
  return `${folder}/${name.slice(prefix.length)}`;
}

function realPath(path: string): string {
  return decodeName(realpathSync(systemPath(path), 'buffer'));
}

function hasContents({ contents }: FileEntry): boolean {
  return contents === 'root' || contents === 'listed';
}

function attempt<T>(path: string, doing: string, problems: Problem[], act: () => T): T | undefined {
  try {
    return act();
  } catch (thrown) {
    const cause = thrown as NodeJS.ErrnoException;
    problems.push({ path, doing, cause, kind: cause.code === 'ENOENT' ? 'vanished' : 'failed' });
    return undefined;
  }
}

function sourceProblem(path: string, thrown: unknown): Problem {
  const cause = thrown as NodeJS.ErrnoException;
  const isMissing = cause.code === 'ENOENT' || cause.code === 'ENOTDIR';
  return { path, doing: 'lstat', cause, kind: isMissing ? 'missing-source' : 'failed' };
}

function skipped(path: string): Problem {
  const cause = new Error(`skipping directory ${path}: folders are sent with --recursive or --dirs only`);
  return { path, doing: 'list', cause, kind: 'skipped' };
}
