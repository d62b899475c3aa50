import type { Problem } from '../errors.ts';
import { EntryEncoder } from '../file-list/entry-encoder.ts';
import type { EntryFormat, FileEntry, IdNames } from '../file-list/file-entry.ts';
import type { FileList, SubList } from '../file-list/file-list.ts';
import { isDirectory, isRegular, isSymlink } from '../file-list/file-mode.ts';
import { encodeIdList, type NamedId } from '../file-list/id-list.ts';
import { type IoErrors, ioErrors } from '../file-list/io-errors.ts';
import { KindCounter } from '../file-list/kind-counts.ts';
import type { Listing, SourceTree } from '../file-list/source-tree.ts';
import { EventLoopYield, inTurns } from '../stream/event-loop-yield.ts';
import type { WireWriter } from '../stream/wire-writer.ts';
import type { Terms } from '../terms.ts';
import { type IndexEncoder, NDX_FLIST_EOF, NDX_FLIST_OFFSET } from '../wire/file-index.ts';
import type { FileSummer } from './file-summer.ts';

export interface ListSenderParts {
  readonly tree: SourceTree;
  readonly terms: Terms;
  readonly format: EntryFormat;
  readonly out: WireWriter;
  readonly indexes: IndexEncoder;
  readonly list: FileList;
  readonly errors: IoErrors;
  /** Tell the receiver of no I/O errors, so that it deletes in spite of them. */
  readonly ignoreErrors: boolean;
  /** Without `--numeric-ids`, names of ids follow a list that comes in one piece. */
  readonly sendsIdLists: boolean;
  /** Sums the content of regular files, for `--checksum`. */
  readonly summer: FileSummer | undefined;
  /** Ends the listing, with its reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProblem: (problem: Problem) => void;
}

/** A folder whose contents have not been sent yet, by its number. */
interface PendingFolder {
  readonly entry: FileEntry;
  readonly number: number;
}

const NO_NAMES: IdNames = { user: () => undefined, group: () => undefined };

/**
 * Sends the file list: all of it, or with incremental recursion the top first and then folder after folder, depth
 * first, each exactly once.
 *
 * Source: docs/protocol chapter 2, sections 2.3, 2.6 and 2.7.
 */
export class ListSender {
  readonly #parts: ListSenderParts;
  readonly #entries: EntryEncoder;
  readonly #names: IdNames;
  readonly #yielding: EventLoopYield;
  /** The next one is at the end. */
  readonly #folders: PendingFolder[] = [];
  readonly #uids = new Set<number>();
  readonly #gids = new Set<number>();
  #isComplete = false;
  /** Bytes of all regular files and symlinks listed so far, and how many entries there were. */
  totalSize = 0;
  totalEntries = 0;
  /** The entries by kind. */
  readonly listed = new KindCounter();
  /** How long the tree took to list them. */
  listingMs = 0;

  constructor(parts: ListSenderParts) {
    this.#parts = parts;
    this.#names = parts.tree.idNames ?? NO_NAMES;
    this.#yielding = new EventLoopYield({ signal: parts.signal });
    this.#entries = new EntryEncoder(parts.format, this.#names);
  }

  /** Everything there is to list has been sent. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  async sendFirst(): Promise<void> {
    const { terms, tree, out } = this.#parts;
    const roots = await this.#take(() => tree.roots());
    if (!terms.incrementalRecursion) {
      await this.#sendWhole(roots);
      return;
    }
    // Where the root itself is listed, index 0 stands for it: it is the folder whose contents the first list holds.
    const root = roots.find(({ name }) => name === '.');
    this.#queueFolders(await this.#sendList(roots, root));
    // A first list of one entry makes the receiver wait for what comes next.
    if (roots.length <= 1 || this.#folders.length === 0) await this.sendNext();
    await out.flush();
  }

  /** Sends the contents of one folder more, or that there are none left. */
  async sendNext(): Promise<void> {
    const { tree, out, indexes } = this.#parts;
    const folder = this.#folders.pop();
    if (folder === undefined) {
      if (!this.#isComplete) indexes.encode(out.encoder, NDX_FLIST_EOF);
      this.#isComplete = true;
      return;
    }
    const children = await this.#take(() => tree.children(folder.entry));
    indexes.encode(out.encoder, NDX_FLIST_OFFSET - folder.number);
    this.#queueFolders(await this.#sendList(children, folder.entry));
    if (this.#folders.length === 0) await this.sendNext();
    if (out.isFull) await out.flush();
  }

  async #sendList(entries: readonly FileEntry[], folder: FileEntry | undefined): Promise<SubList> {
    const { list, out } = this.#parts;
    const sorting = this.#sort(entries);
    const sorted = sorting instanceof Promise ? await sorting : sorting;
    this.#entries.startList(list.nextIndex);
    for (const entry of entries) {
      this.#entries.encode(out.encoder, entry);
      if (out.isFull) await out.flush();
    }
    this.#entries.encodeEnd(out.encoder, this.#announcedError());
    return list.addSorted(sorted, folder);
  }

  /** The whole list at once, folder after folder; receivers sort it, so its order is free. */
  async #sendWhole(roots: readonly FileEntry[]): Promise<void> {
    const { list, out, tree, terms, sendsIdLists, format } = this.#parts;
    const all: FileEntry[] = [];
    const pending = [roots];
    this.#entries.startList(list.nextIndex);
    for (let entries = pending.pop(); entries !== undefined; entries = pending.pop()) {
      for (const entry of entries) {
        this.#entries.encode(out.encoder, entry);
        all.push(entry);
        if (out.isFull) await out.flush();
      }
      for (const entry of entries) {
        if (hasSubList(entry)) pending.push(await this.#take(() => tree.children(entry)));
      }
    }
    // Whoever has the end of the list may ask for its entries.
    const sorting = this.#sort(all);
    const sorted = sorting instanceof Promise ? await sorting : sorting;
    this.#entries.encodeEnd(out.encoder, this.#announcedError());
    if (sendsIdLists && format.owner) {
      encodeIdList(
        out.encoder,
        named(this.#uids, (id) => this.#names.user(id)),
        terms,
      );
    }
    if (sendsIdLists && format.group) {
      encodeIdList(
        out.encoder,
        named(this.#gids, (id) => this.#names.group(id)),
        terms,
      );
    }
    if (terms.protocol < 30) out.encoder.int32(this.#announcedError());
    list.addSorted(sorted);
    this.#isComplete = true;
    await out.flush();
  }

  async #take(list: () => Listing | Promise<Listing>): Promise<readonly FileEntry[]> {
    const startedAt = performance.now();
    const answer = list();
    const { entries, problems } = answer instanceof Promise ? await this.#yielding.until(answer) : answer;
    this.listingMs += performance.now() - startedAt;
    for (const problem of problems) this.#note(problem);
    if (this.#yielding.isDue()) await this.#yielding.turn();
    else this.#yielding.check();
    const listed = this.#parts.summer === undefined ? entries : await withSums(entries, this.#parts.summer);
    for (const { mode, size, uid, gid } of listed) {
      this.listed.count(mode);
      if (isRegular(mode) || isSymlink(mode)) this.totalSize += size;
      this.#uids.add(uid);
      this.#gids.add(gid);
    }
    this.totalEntries += listed.length;
    return listed;
  }

  #sort(entries: readonly FileEntry[]): readonly FileEntry[] | Promise<readonly FileEntry[]> {
    return inTurns(this.#parts.list.sorting(entries), this.#yielding);
  }

  #queueFolders({ entries, firstFolder }: SubList): void {
    const folders = entries.filter(({ mode }) => isDirectory(mode));
    const pending = folders.map((entry, place) => ({ entry, number: firstFolder + place }));
    this.#folders.push(...pending.filter(({ entry }) => hasSubList(entry)).reverse());
  }

  #note(problem: Problem): void {
    this.#parts.errors.note(problem, 'listing');
    this.#parts.onProblem(problem);
  }

  #announcedError(): number {
    return this.#parts.ignoreErrors ? ioErrors.none : this.#parts.errors.of('listing');
  }
}

async function withSums(entries: readonly FileEntry[], summer: FileSummer): Promise<FileEntry[]> {
  const summed: FileEntry[] = [];
  for (const entry of entries) {
    const checksum = isRegular(entry.mode) ? await summer.sum(entry) : undefined;
    summed.push(checksum === undefined ? entry : { ...entry, checksum });
  }
  return summed;
}

/** The contents of `.` stand beside it, in the first list. */
function hasSubList(entry: FileEntry): boolean {
  return isDirectory(entry.mode) && entry.name !== '.';
}

function named(ids: ReadonlySet<number>, nameOf: (id: number) => string | undefined): NamedId[] {
  return [...ids].flatMap((id) => {
    const name = nameOf(id);
    return name === undefined ? [] : [{ id, name }];
  });
}
