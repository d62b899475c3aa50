import { checkObject, checkTexts } from '../arguments.ts';
import { type Problem, SelectionError } from '../errors.ts';
import type { FileEntry, IdNames } from '../file-list/file-entry.ts';
import { isDirectory } from '../file-list/file-mode.ts';
import type { Listing, SourceFile, SourceTree } from '../file-list/source-tree.ts';
import { NamedFileError, namedFileError } from '../named-files/named-file-error.ts';
import { inTurns, type Steps } from '../stream/event-loop-yield.ts';
import { FolderGate } from './folder-gate.ts';
import { readEntries } from './folder-scan.ts';
import { localIdNames } from './id-names.ts';
import {
  attempt,
  type LocalEntry,
  NoReferentError,
  problemOf,
  readEntry,
  readOriginEntry,
} from './local-entry.ts';
import { deviceAt, leadsToFolder, type Origin, originBehind, pathOf, realFolder } from './origin.ts';
import { readRuleFile } from './rule-file.ts';
import { listedSources, parseSource, type SourceArgument } from './source-arguments.ts';
import { SourceOpener } from './source-file.ts';
import { SourceRemover } from './source-remover.ts';
import type { ListingOptions } from './stat-entry.ts';

export interface LocalTreeOptions extends ListingOptions {
  readonly recursive: boolean;
  /** Folders are listed without their contents. */
  readonly dirs: boolean;
  readonly relative: boolean;
  /** Whether what is found in a folder is listed. */
  readonly accepts?: ((name: string, isFolder: boolean) => boolean) | undefined;
  /** Names to list instead of the one source, which is the folder that they are relative to. */
  readonly names?: readonly string[] | undefined;
  /** What becomes of a source that does not exist: a problem (the default), nothing, or an entry to be deleted. */
  readonly missing?: 'reported' | 'ignored' | 'deleted' | undefined;
  /** An entry to be deleted is listed also when its folder is missing: only a list in one piece can hold it. */
  readonly listsOrphans?: boolean | undefined;
  /** Reading a file leaves its access time as it is; only its owner and root can ask for that. */
  readonly openNoatime?: boolean | undefined;
  /** Rule files are reached through symlinks of other users, too. */
  readonly insecureLinks?: boolean | undefined;
}

type Entries = Map<string, LocalEntry>;

/**
 * Files and folders of this machine, named as rsync's source arguments. Everything is answered at once, with
 * synchronous calls: that is several times faster than waiting for each.
 */
export class LocalTree implements SourceTree {
  readonly idNames: IdNames = localIdNames();
  readonly #options: LocalTreeOptions;
  readonly #sources: readonly SourceArgument[];
  /** For listing; files are opened and removed at other places of the tree at the same time. */
  readonly #gate = new FolderGate();
  readonly #opener: SourceOpener;
  readonly #remover = new SourceRemover();
  /** What the arguments name below the top, by the name of the folder that it is in. */
  readonly #named = new Map<string, LocalEntry[]>();
  /** Where the contents of a folder lie, if that is not where its entry comes from, or not there alone. */
  readonly #contents = new Map<string, Origin[]>();
  /** Folders on the way to sources, by where they lie and their name. */
  readonly #implied = new Map<string, LocalEntry>();
  /** Those of them that are listed. */
  readonly #listedImplied = new Set<LocalEntry>();
  /** Entries to be deleted, in folders that are not listed. */
  readonly #orphans: LocalEntry[] = [];
  #root: string | undefined;

  /**
   * @throws UsageError for sources that mean nothing, SelectionError if the folder of a list of names cannot be
   * entered.
   */
  constructor(sources: readonly string[], options: LocalTreeOptions) {
    checkTexts(sources, 'sources');
    checkObject(options, 'the options of the tree');
    const { relative, names } = options;
    this.#options = options;
    this.#opener = new SourceOpener(options);
    this.#sources =
      names === undefined
        ? sources.map((source) => parseSource(source, relative))
        : listedSources(sources, names, relative);
    if (names !== undefined) this.#root = enterFolder(sources[0] ?? '') || '/';
  }

  roots(): Listing | Promise<Listing> {
    return inTurns(this.#roots());
  }

  children(folder: FileEntry): Listing | Promise<Listing> {
    return inTurns(this.#children(folder));
  }

  *#roots(): Steps<Listing> {
    const problems: Problem[] = [];
    const entries: Entries = new Map();
    for (const [index, source] of this.#sources.entries()) {
      const base = enterBase(source, index, problems);
      if (base === undefined) continue;
      try {
        yield* this.#addSource(source, base, entries, problems);
      } catch (thrown) {
        this.#addFailed(source, base, thrown as NodeJS.ErrnoException, entries, problems);
      }
    }
    for (const entry of this.#orphans) this.#merge(entries, entry);
    return { entries: [...entries.values()], problems };
  }

  *#children(folder: FileEntry): Steps<Listing> {
    const { name, origin } = folder as LocalEntry;
    const problems: Problem[] = [];
    const named = this.#named.get(name) ?? [];
    const origins = hasContents(folder) ? (this.#contents.get(name) ?? [origin]) : [];
    const [only] = origins;
    if (named.length === 0 && origins.length <= 1) {
      return { entries: only === undefined ? [] : yield* this.#scan(name, only, problems), problems };
    }
    // The first source that has a name decides what it is.
    const parts = [
      ...named.map((entry) => ({ from: entry.origin, entry })),
      ...origins.map((from) => ({ from, entry: undefined })),
    ].sort((a, b) => a.from.source - b.from.source);
    const entries: Entries = new Map();
    for (const { from, entry } of parts) {
      const found = entry === undefined ? yield* this.#scan(name, from, problems) : [entry];
      for (const one of found) this.#merge(entries, one);
    }
    return { entries: [...entries.values()], problems };
  }

  open(entry: FileEntry): SourceFile {
    return this.#opener.open(pathOf((entry as LocalEntry).origin, entry.name));
  }

  remove(entry: FileEntry): boolean {
    return this.#remover.remove(entry as LocalEntry, this.#options);
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
    return readRuleFile(path.startsWith('/') ? path : `${this.root}/${path}`, this.#options.insecureLinks);
  }

  /** Lets go of what listing, opening and removing have kept open. */
  close(): void {
    this.#gate.close();
    this.#opener.close();
    this.#remover.close();
  }

  *#addSource(source: SourceArgument, origin: Origin, top: Entries, problems: Problem[]): Steps<void> {
    const { recursive, dirs } = this.#options;
    if (source.components.length > 0) {
      const isListed = this.#addNamed(source, origin, top, problems);
      if (!isListed || !source.impliesRoot) return;
      if (recursive || dirs) this.#merge(top, readEntry(this.#gate, '.', origin, 'implied', this.#options));
      else problems.push(skipped('.'));
    } else if (recursive || dirs) {
      const root = this.#confined(readEntry(this.#gate, '.', origin, 'root', this.#options));
      this.#merge(top, root);
      for (const entry of yield* this.#scan('.', root.origin, problems)) this.#merge(top, entry);
    } else {
      problems.push(skipped(source.text));
    }
  }

  /** Adds a named source, and with `--relative` the folders that lead to it: all of them or none. */
  #addNamed(source: SourceArgument, base: Origin, top: Entries, problems: Problem[]): boolean {
    const { recursive, dirs } = this.#options;
    const parents: LocalEntry[] = [];
    for (const name of parentNames(source)) {
      parents.push(this.#impliedFolder(parents.at(-1)?.origin ?? base, name));
    }
    const origin = { ...(parents.at(-1)?.origin ?? base), source: base.source };
    const name = source.components.join('/');
    const place = pathOf(origin, name);
    // A symlink with a slash behind it is followed, if it leads to a folder.
    const entry =
      source.isContents && leadsToFolder(place)
        ? readOriginEntry(this.#gate, originBehind(origin, name, realFolder(place)), 'root', this.#options)
        : readEntry(this.#gate, name, origin, recursive ? 'root' : 'none', this.#options);
    if (isDirectory(entry.mode) && !recursive && !dirs) {
      problems.push(skipped(source.text));
      return false;
    }
    for (const folder of parents) this.#addImplied(folder, base.source, top);
    this.#addToFolder(this.#confined(entry), top);
    return true;
  }

  /** What becomes of a source that cannot be looked at. */
  #addFailed(
    source: SourceArgument,
    base: Origin,
    cause: NodeJS.ErrnoException,
    top: Entries,
    problems: Problem[],
  ): void {
    const { missing = 'reported', copyLinks } = this.#options;
    const isMissing = cause.code === 'ENOENT' && (copyLinks === true || !(cause instanceof NoReferentError));
    if (!isMissing) problems.push(problemOf(source.text, 'lstat', cause));
    else if (missing === 'deleted') this.#addMissing(source, base, top, problems);
    else if (missing === 'reported')
      problems.push({ path: source.text, doing: 'lstat', cause, kind: 'missing-source' });
  }

  /** Lists a source as one to be deleted. Folders that should lead to it may be missing, too. */
  #addMissing(source: SourceArgument, base: Origin, top: Entries, problems: Problem[]): void {
    const name = source.components.join('/');
    let origin = base;
    for (const parent of parentNames(source)) {
      const folder = attempt(parent, 'lstat', problems, () => this.#impliedFolder(origin, parent));
      if (folder === undefined) {
        if (this.#options.listsOrphans === true) this.#orphans.push(missingEntry(name, base));
        return;
      }
      this.#addImplied(folder, base.source, top);
      origin = folder.origin;
    }
    this.#addToFolder(missingEntry(name, base), top);
  }

  /** The entry of a folder on the way to a source; lists of names lead through the same ones again and again. */
  #impliedFolder(origin: Origin, name: string): LocalEntry {
    const key = `${origin.folder}\0${name}`;
    const known = this.#implied.get(key);
    if (known !== undefined) return known;
    const own = originBehind(origin, name, realFolder(pathOf(origin, name)));
    const entry = readOriginEntry(this.#gate, own, 'implied', this.#options);
    this.#implied.set(key, entry);
    return entry;
  }

  #addImplied(folder: LocalEntry, source: number, top: Entries): void {
    if (this.#listedImplied.has(folder)) return;
    this.#listedImplied.add(folder);
    this.#addToFolder({ ...folder, origin: { ...folder.origin, source } }, top);
  }

  /** With `--one-file-system` what is in a source must lie on the source's own device. */
  #confined(entry: LocalEntry): LocalEntry {
    const { oneFileSystem = 0 } = this.#options;
    if (oneFileSystem === 0 || !isDirectory(entry.mode)) return entry;
    const device = deviceAt(pathOf(entry.origin, entry.name));
    return { ...entry, origin: { ...entry.origin, device } };
  }

  #addToFolder(entry: LocalEntry, top: Entries): void {
    const slash = entry.name.lastIndexOf('/');
    if (slash < 0) {
      this.#merge(top, entry);
      return;
    }
    const folder = entry.name.slice(0, slash);
    const siblings = this.#named.get(folder);
    if (siblings === undefined) this.#named.set(folder, [entry]);
    else siblings.push(entry);
  }

  /** Of two entries of one name a folder wins, then the first; what it promises is the most that one of them does. */
  #merge(entries: Entries, entry: LocalEntry): void {
    const { name } = entry;
    const known = entries.get(name);
    if (known === undefined || (isDirectory(entry.mode) && !isDirectory(known.mode))) {
      entries.set(name, entry);
      return;
    }
    if (!isDirectory(entry.mode) || entry.contents === 'implied') return;
    if (!hasContents(entry)) {
      if (known.contents === 'implied') entries.set(name, { ...known, contents: 'none' });
      return;
    }
    if (!hasContents(known)) this.#contents.set(name, [entry.origin]);
    else if (pathOf(known.origin, name) !== pathOf(entry.origin, name)) {
      this.#contents.set(name, [...(this.#contents.get(name) ?? [known.origin]), entry.origin]);
    }
    const contents = known.contents === 'root' ? 'root' : (entry.contents ?? 'listed');
    entries.set(name, { ...known, contents });
  }

  *#scan(folder: string, origin: Origin, problems: Problem[]): Steps<LocalEntry[]> {
    const { recursive, accepts } = this.#options;
    const contents = recursive ? 'listed' : 'none';
    const entries = yield* readEntries(
      { gate: this.#gate, folder, origin, contents, listing: this.#options },
      problems,
    );
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

const folderReasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is a file',
};

/** The folder of a list of names must be there before anything is sent. */
function enterFolder(path: string): string {
  try {
    return realFolder(path);
  } catch (cause) {
    const error = namedFileError(cause);
    if (!(error instanceof NamedFileError)) throw cause;
    const reason = folderReasons[error.code] ?? error.message;
    throw new SelectionError(`${path}: the folder of the listed names cannot be entered: ${reason}`, {
      cause,
    });
  }
}

/** Names of the folders that lead to a source, the topmost first. */
function parentNames({ components }: SourceArgument): string[] {
  return components.slice(0, -1).map((_, last) => components.slice(0, last + 1).join('/'));
}

/** What a receiver takes for the wish to delete a path. */
function missingEntry(name: string, origin: Origin): LocalEntry {
  return { name, mode: 0, size: 0, mtime: 0, mtimeNs: 0, uid: 0, gid: 0, origin };
}

function skipped(path: string): Problem {
  const cause = new Error(`skipping directory ${path}: folders are sent with --recursive or --dirs only`);
  return { path, doing: 'list', cause, kind: 'skipped' };
}
