import type { TreeChange } from '../../src/protocol/index.ts';
import { pathsByAction } from '../../src/protocol/trees/tree-change.ts';
import { SessionFailure } from '../../src/watch/lanes/lane.ts';
import type { Outcome, ProblemReport } from '../../src/watch/lanes/messages.ts';
import type { Deletions } from '../../src/watch/lanes/pruning.ts';
import { ancestorsOf, joinPath, parentOf } from '../../src/watch/path-tree.ts';
import type { Sessions, WholeTreeComparison } from '../../src/watch/remote/remote-sessions.ts';
import type { DiskNode, MemoryDisk } from './memory-disk.ts';

/** What a session comes to at its next step. */
export type Fate = 'well' | 'broken' | 'refused' | 'unopened';

interface Entry {
  readonly path: string;
  readonly isFolder: boolean;
  readonly mode: number;
  readonly mtimeMs: number;
}

/** What may be deleted at the remote besides what stands in the way of a file that is listed. */
type Permission = (path: string, isFolder: boolean, listed: Listed) => boolean;
type Listed = ReadonlyMap<string, Entry>;

interface Storing {
  readonly listed: Listed;
  readonly mayDelete: Permission;
  readonly problems: ProblemReport[];
  readonly errors: string[];
}

/**
 * A remote that is nowhere but in memory, and does what the documentation of `TreeChange` says. A session takes three
 * steps, each of which has to be allowed: it is opened, the list is made and what is to be deleted goes, and then files
 * are read one after the other. In between the disk may change.
 */
export class ModelRemote implements Sessions {
  readonly hasRoom = true;
  readonly root: DiskNode;
  readonly #disk: MemoryDisk;
  readonly #now: () => number;
  readonly #waiting: ((fate: Fate) => void)[] = [];
  /** Paths that the server does not store. */
  readonly refused = new Set<string>();

  constructor(disk: MemoryDisk, now: () => number) {
    this.#disk = disk;
    this.#now = now;
    this.root = { ...disk.root, children: new Map() };
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Lets one of the sessions take its next step. */
  step(which: number, fate: Fate): void {
    const [go] = this.#waiting.splice(which % Math.max(1, this.#waiting.length), 1);
    go?.(fate);
  }

  hold(): void {}

  release(): void {}

  async sendChanges(_: 'always' | 'times', changes: readonly TreeChange[]): Promise<Outcome> {
    const paths = pathsByAction(changes);
    const victims = [...paths.delete, ...paths['delete-folder'], ...paths['delete-file']];
    return await this.#session(() => {
      const listed = new Map<string, Entry>();
      const problems: ProblemReport[] = [];
      this.#list('.', 0, listed, problems);
      for (const path of victims) this.#list(parentOf(path) ?? '.', 0, listed, problems);
      for (const path of [...paths.send, ...paths.replace]) this.#list(path, 0, listed, problems);
      for (const path of paths.level) this.#list(path, 1, listed, problems);
      for (const path of [...paths['send-tree'], ...paths.mirror])
        this.#list(path, Number.POSITIVE_INFINITY, listed, problems);
      return { listed, problems, mayDelete: permissionOf(changes) };
    });
  }

  async sendAll(_: WholeTreeComparison, deletes: boolean): Promise<Outcome> {
    return await this.#session(() => {
      const listed = new Map<string, Entry>();
      const problems: ProblemReport[] = [];
      this.#list('.', Number.POSITIVE_INFINITY, listed, problems);
      return { listed, problems, mayDelete: () => deletes };
    });
  }

  dryRun(): Promise<Deletions> {
    throw new Error('there is no filter');
  }

  dryRunAll(): Promise<Deletions> {
    throw new Error('there is no filter');
  }

  async #session(
    makeList: () => { listed: Map<string, Entry>; problems: ProblemReport[]; mayDelete: Permission },
  ): Promise<Outcome> {
    await this.#allowed('opening');
    const listedAt = { wall: this.#now(), monotonic: this.#now() };
    const { listed, problems, mayDelete } = makeList();
    const isIncomplete = problems.some(({ kind }) => kind === 'failed');
    const deleted = isIncomplete ? 0 : this.#sweep('.', this.root, listed, mayDelete);
    await this.#allowed('running');
    const errors: string[] = [];
    for (const entry of listed.values()) {
      if (this.refused.has(entry.path)) errors.push(`ERROR: daemon refused to receive file "${entry.path}"`);
      else this.#store(entry, { listed, mayDelete, problems, errors });
    }
    await this.#allowed('running');
    const isFailed = errors.length > 0 || problems.some(({ kind }) => kind === 'failed');
    const exitCode = isFailed ? 23 : problems.length > 0 ? 24 : 0;
    const bytes = { sentBytes: 0, receivedBytes: 0 };
    return {
      exitCode,
      problems,
      errors,
      isAbridged: false,
      changed: listed.size,
      deleted,
      deletions: { paths: [], isAbridged: false },
      ...bytes,
      listedAt,
    };
  }

  async #allowed(stage: 'opening' | 'running'): Promise<void> {
    const fate = await new Promise<Fate>((resolve) => this.#waiting.push(resolve));
    const isOpening = stage === 'opening';
    if (fate === 'well' || (fate === 'unopened' && !isOpening)) return;
    const isTransient = fate !== 'refused';
    throw new SessionFailure({ message: fate, code: 'ERR_MODEL', isTransient, isOpening });
  }

  #list(path: string, depth: number, listed: Map<string, Entry>, problems: ProblemReport[]): void {
    for (const each of [...ancestorsOf(path), path]) {
      if (!this.#disk.canReach(each)) {
        problems.push({ path: each, doing: 'lstat', kind: 'failed', reason: 'EACCES' });
        return;
      }
      const node = this.#disk.nodeAt(each);
      if (node === undefined) {
        problems.push({ path: each, doing: 'lstat', kind: 'vanished', reason: 'ENOENT' });
        return;
      }
      if (each !== path && node.content !== undefined) return;
      listed.set(each, entryOf(each, node));
    }
    if (depth > 0) this.#listBelow(path, depth, listed, problems);
  }

  #listBelow(folder: string, depth: number, listed: Map<string, Entry>, problems: ProblemReport[]): void {
    const isFolder = this.#disk.nodeAt(folder)?.content === undefined;
    if (isFolder && !this.#disk.canRead(folder)) {
      problems.push({ path: folder, doing: 'opendir', kind: 'failed', reason: 'EACCES' });
      return;
    }
    for (const [name, node] of this.#disk.nodeAt(folder)?.children ?? []) {
      const path = joinPath(folder, name);
      if (!this.#disk.canReach(path)) {
        problems.push({ path, doing: 'lstat', kind: 'failed', reason: 'EACCES' });
        continue;
      }
      listed.set(path, entryOf(path, node));
      if (depth > 1) this.#listBelow(path, depth - 1, listed, problems);
    }
  }

  /** Deletes what is not listed and may go. */
  #sweep(folder: string, node: DiskNode, listed: Listed, mayDelete: Permission): number {
    let deleted = 0;
    for (const [name, child] of [...node.children]) {
      const path = joinPath(folder, name);
      deleted += this.#sweep(path, child, listed, mayDelete);
      if (
        listed.has(path) ||
        child.children.size > 0 ||
        !mayDelete(path, child.content === undefined, listed)
      )
        continue;
      node.children.delete(name);
      deleted += 1;
    }
    return deleted;
  }

  #store(entry: Entry, { listed, mayDelete, problems, errors }: Storing): void {
    const { path, isFolder, mode, mtimeMs } = entry;
    if (path === '.') {
      Object.assign(this.root, { mode, mtimeMs });
      return;
    }
    const folder = this.nodeAt(parentOf(path) ?? '.');
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (folder === undefined || folder.content !== undefined) return;
    const old = folder.children.get(name);
    if (isFolder) {
      const children = old?.content === undefined ? (old?.children ?? new Map()) : new Map();
      folder.children.set(name, { ...entryNode(entry), children });
      return;
    }
    if (!this.#disk.canReach(path)) {
      problems.push({ path, doing: 'open', kind: 'failed', reason: 'EACCES' });
      return;
    }
    const now = this.#disk.nodeAt(path);
    if (now?.content === undefined) {
      problems.push({ path, doing: 'open', kind: 'vanished', reason: 'ENOENT' });
      return;
    }
    if (old?.content === undefined && old !== undefined && !isEmptyAfter(path, old, mayDelete, listed)) {
      errors.push(`cannot delete non-empty directory: ${path}`);
      errors.push(`could not make way for new regular file: ${path}`);
      return;
    }
    folder.children.set(name, { ...entryNode(entry), content: now.content, mode, mtimeMs });
  }

  nodeAt(path: string): DiskNode | undefined {
    let node: DiskNode | undefined = this.root;
    for (const name of path === '.' ? [] : path.split('/')) node = node?.children.get(name);
    return node;
  }
}

function entryOf(path: string, { content, mode, mtimeMs }: DiskNode): Entry {
  return { path, isFolder: content === undefined, mode, mtimeMs };
}

function entryNode({ mode, mtimeMs }: Entry): DiskNode {
  return { inode: 0, bornMs: 0, ctimeMs: 0, mode, mtimeMs, content: undefined, children: new Map() };
}

function permissionOf(changes: readonly TreeChange[]): Permission {
  const paths = pathsByAction(changes);
  const tops = new Set([...paths.delete, ...paths['delete-folder'], ...paths.replace]);
  return (path, isFolder, listed) => {
    if (paths.delete.includes(path)) return true;
    if (paths[isFolder ? 'delete-folder' : 'delete-file'].includes(path)) return true;
    const trail = [...ancestorsOf(path), path];
    // What is in a folder that is listed for itself is not looked at.
    const isOpen = (folder: string) => listed.get(folder)?.isFolder !== true;
    return trail.slice(0, -1).some((folder, depth) => {
      if (paths.mirror.includes(folder) || (tops.has(folder) && isOpen(folder))) return true;
      const child = trail[depth + 1] as string;
      return paths.level.includes(folder) && (child === path || isOpen(child));
    });
  };
}

function isEmptyAfter(path: string, node: DiskNode, mayDelete: Permission, listed: Listed): boolean {
  return [...node.children].every(([name, child]) => {
    const below = joinPath(path, name);
    const isGoing = mayDelete(below, child.content === undefined, listed);
    return isGoing && isEmptyAfter(below, child, mayDelete, listed);
  });
}
