import { basename, dirname } from 'node:path';
import { checkObject, checkPathText } from '../arguments.ts';
import { FileError, type Problem } from '../errors.ts';
import type { FileEntry, FolderContents, IdNames } from '../file-list/file-entry.ts';
import { isDirectory } from '../file-list/file-mode.ts';
import type { Listing, SourceFile, SourceTree } from '../file-list/source-tree.ts';
import { systemReason } from '../named-files/named-file-error.ts';
import { inTurns, type Steps } from '../stream/event-loop-yield.ts';
import { FolderGate } from './folder-gate.ts';
import { readEntries, readLeaves, type ScanParts } from './folder-scan.ts';
import { localIdNames } from './id-names.ts';
import { type LocalEntry, readEntry } from './local-entry.ts';
import { type Origin, pathOf, realFolder } from './origin.ts';
import { SourceOpener } from './source-file.ts';
import type { ListingOptions } from './stat-entry.ts';
import { checkChanges, pathsByAction, type TreeAction, type TreeChange } from './tree-change.ts';

export interface ChangeTreeOptions extends ListingOptions {
  /** Below protocol 30 a receiver sweeps nothing unless it sweeps from the root on; the rules protect the rest. */
  readonly sweepsRoot?: boolean;
  /** The receiver leaves empty folders out; those that are to be as here it deletes then. */
  readonly prunes?: boolean;
  /** Whether a path below a folder that is sent with what is in it is listed. */
  readonly accepts?: ((path: string, isFolder: boolean) => boolean) | undefined;
  /** Reading a file leaves its access time as it is; only its owner and root can ask for that. */
  readonly openNoatime?: boolean | undefined;
}

/** How a path is listed; of one that several changes are about, the last of these counts. */
const LISTING_ACTIONS = ['send', 'level', 'send-tree', 'mirror'] as const satisfies readonly TreeAction[];

/** All that is in a folder is listed with it. */
type WholeAction = 'send-tree' | 'mirror';

interface Node {
  readonly children: Map<string, Node>;
  /** Undefined for a folder that only leads to others. */
  action: (typeof LISTING_ACTIONS)[number] | undefined;
  /** The receiver may delete something directly in this folder, by the filter rules. */
  isSwept: boolean;
}

/**
 * Lists exactly the changed paths and the folders that lead to them. Folders are listed for their own attributes only,
 * except those from which something is to be deleted: these promise their contents, and the filter rules that go with
 * the list protect everything but the paths to delete.
 *
 * Source: docs/protocol chapter 2, section 2.8 (e).
 */
export class ChangeTree implements SourceTree {
  readonly idNames: IdNames = localIdNames();
  readonly #origin: Origin;
  readonly #options: ChangeTreeOptions;
  readonly #top: FolderContents;
  readonly #root: Node = newNode();
  readonly #gate = new FolderGate();
  readonly #opener: SourceOpener;

  /**
   * `root` is the folder that the paths are relative to.
   *
   * @throws UsageError if one of the changes is not a path in that folder.
   */
  constructor(root: string, changes: readonly TreeChange[], options: ChangeTreeOptions) {
    checkPathText(root, 'root');
    checkObject(options, 'the options of the tree');
    checkChanges(changes);
    this.#origin = { prefix: '', folder: enterRoot(root), source: 0 };
    this.#options = options;
    this.#opener = new SourceOpener(options);
    this.#enter(changes, options.prunes === true);
    this.#top = options.sweepsRoot === true ? 'root' : contentsOf(this.#root);
  }

  #enter(changes: readonly TreeChange[], prunes: boolean): void {
    // A file that replaces a folder is listed as any other.
    const listed = changes.map((change) =>
      change.action === 'replace' ? { ...change, action: 'send' as const } : change,
    );
    const paths = pathsByAction(listed);
    for (const action of LISTING_ACTIONS)
      for (const path of paths[action]) this.#nodeAt(path).action = action;
    const deleted = [
      ...paths.delete,
      ...paths['delete-folder'],
      ...paths['delete-file'],
      ...paths['delete-temporary'],
    ];
    const pruned = prunes ? [...paths.mirror, ...paths.level].filter((path) => path !== '.') : [];
    for (const path of [...deleted, ...pruned]) this.#nodeAt(dirname(path)).isSwept = true;
  }

  roots(): Listing | Promise<Listing> {
    return inTurns(this.#roots());
  }

  children(folder: FileEntry): Listing | Promise<Listing> {
    return inTurns(this.#children(folder));
  }

  *#roots(): Steps<Listing> {
    const problems: Problem[] = [];
    const top = readEntry(this.#gate, '.', this.#origin, this.#top, this.#options);
    return { entries: [top, ...(yield* this.#entriesIn(top, this.#root, problems))], problems };
  }

  *#children(folder: FileEntry): Steps<Listing> {
    const problems: Problem[] = [];
    const entries = yield* this.#entriesIn(folder as LocalEntry, this.#find(folder.name), problems);
    return { entries, problems };
  }

  open(entry: FileEntry): SourceFile {
    return this.#opener.open(pathOf((entry as LocalEntry).origin, entry.name));
  }

  /** Lets go of what listing and opening files have kept open. */
  close(): void {
    this.#gate.close();
    this.#opener.close();
  }

  *#entriesIn(
    folder: LocalEntry,
    node: Node | WholeAction | undefined,
    problems: Problem[],
  ): Steps<LocalEntry[]> {
    if (node === undefined) return [];
    if (typeof node !== 'object') return yield* this.#everythingIn(folder, node, problems);
    switch (node.action) {
      case 'send-tree':
      case 'mirror':
        return yield* this.#everythingIn(folder, node.action, problems);
      case 'level':
        return (yield* this.#everythingIn(folder, 'send-tree', problems)).map((entry) => {
          const child = node.children.get(basename(entry.name));
          return child && isDirectory(entry.mode) ? { ...entry, contents: contentsOf(child) } : entry;
        });
      default:
        return yield* this.#wantedIn(folder, node, problems);
    }
  }

  *#everythingIn(folder: LocalEntry, action: WholeAction, problems: Problem[]): Steps<LocalEntry[]> {
    const contents = action === 'mirror' ? 'listed' : 'none';
    const entries = yield* readEntries(this.#scanOf(folder, contents), problems);
    const { accepts } = this.#options;
    if (accepts === undefined) return entries;
    return entries.filter(({ name, mode }) => accepts(name, isDirectory(mode)));
  }

  *#wantedIn(folder: LocalEntry, { children }: Node, problems: Problem[]): Steps<LocalEntry[]> {
    if (children.size === 0) return [];
    const contents = (leaf: string) => contentsOf(children.get(leaf) ?? newNode());
    const entries = yield* readLeaves(this.#scanOf(folder, 'none'), [...children.keys()], contents, problems);
    return entries.filter(({ name, mode }) => {
      return isDirectory(mode) || children.get(basename(name))?.children.size === 0;
    });
  }

  #scanOf({ name: folder, origin }: LocalEntry, contents: FolderContents): ScanParts {
    return { gate: this.#gate, folder, origin, contents, listing: this.#options };
  }

  /** The node of a path, or the action of the folder above it that is sent with everything. */
  #find(path: string): Node | WholeAction | undefined {
    let node: Node | undefined = this.#root;
    for (const component of path.split('/')) {
      if (node.action === 'send-tree' || node.action === 'mirror') return node.action;
      node = node.children.get(component);
      if (node === undefined) return undefined;
    }
    return node;
  }

  #nodeAt(path: string): Node {
    let node = this.#root;
    if (path === '.') return node;
    for (const component of path.split('/')) {
      const next = node.children.get(component) ?? newNode();
      node.children.set(component, next);
      node = next;
    }
    return node;
  }
}

function newNode(): Node {
  return { children: new Map(), action: undefined, isSwept: false };
}

function contentsOf({ action, isSwept }: Node): FolderContents {
  return isSwept || action === 'mirror' || action === 'level' ? 'listed' : 'none';
}

function enterRoot(root: string): string {
  try {
    return realFolder(root);
  } catch (cause) {
    throw new FileError(`root: ${root}: ${systemReason(cause as Error)}`, { cause });
  }
}
