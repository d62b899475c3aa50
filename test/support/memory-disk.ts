import { ancestorsOf, joinPath, parentOf } from '../../src/watch/path-tree.ts';
import type { Disk, Found, FoundEntry } from '../../src/watch/tree/disk.ts';

/** A file or folder of a {@link MemoryDisk}. */
export interface DiskNode {
  readonly inode: number;
  readonly bornMs: number;
  mode: number;
  mtimeMs: number;
  ctimeMs: number;
  /** Of a file; undefined: it is a folder. */
  content: string | undefined;
  readonly children: Map<string, DiskNode>;
}

/**
 * A tree that is nowhere but in memory, with inodes and times. What cannot be done, such as a file in a folder that is
 * not there, is left out. Tells what it does, as Linux does: the node of the folder, and the name in it.
 */
export class MemoryDisk implements Disk {
  readonly root: DiskNode;
  readonly #now: () => number;
  onEvent: (folder: DiskNode, name: string) => void = () => {};
  #inodes = 1;
  /** Writes that have begun, each with the content that is to come, and is there so far. */
  readonly #slow: { readonly node: DiskNode; readonly contents: string[] }[] = [];

  constructor(now: () => number) {
    this.#now = now;
    this.root = this.#newNode(undefined);
  }

  look(path: string): Found {
    if (!this.canReach(path)) return { kind: 'unknown', cause: new Error(`EACCES: ${path}`) };
    const node = this.nodeAt(path);
    return node === undefined ? { kind: 'missing' } : foundOf(node);
  }

  /** Whether we may enter all folders above a path. */
  canReach(path: string): boolean {
    return ancestorsOf(path).every((folder) => {
      const node = this.nodeAt(folder);
      return node === undefined || node.content !== undefined || (node.mode & 0o100) !== 0;
    });
  }

  /** Whether the names in a folder may be read. */
  canRead(folder: string): boolean {
    return this.canReach(folder) && ((this.nodeAt(folder)?.mode ?? 0) & 0o400) !== 0;
  }

  names(folder: string) {
    const node = this.nodeAt(folder);
    if (node === undefined || node.content !== undefined) return undefined;
    if (!this.canRead(folder) || (node.mode & 0o100) === 0) return undefined;
    const folders = [...node.children].filter(([, child]) => child.content === undefined);
    return { folders: folders.map(([name]) => name), byteNames: [] };
  }

  allNames(folder: string): string[] {
    return [...(this.nodeAt(folder)?.children.keys() ?? [])];
  }

  nodeAt(path: string): DiskNode | undefined {
    let node: DiskNode | undefined = this.root;
    for (const name of path === '.' ? [] : path.split('/')) node = node?.children.get(name);
    return node;
  }

  /** Makes a file, or gives it new content; above it, folders are made. */
  write(path: string, content: string): void {
    this.#makeParent(path);
    const node = this.nodeAt(path);
    if (node === undefined) this.#put(path, this.#newNode(content));
    if (node?.content === undefined) return;
    node.content = content;
    node.mtimeMs = this.#now();
    this.#touched(path, node);
  }

  /**
   * Begins to overwrite a file, as Linux does when the bytes come late: the times of the file are set at the beginning,
   * then come the bytes, by and by, and last the event.
   */
  beginWrite(path: string, content: string): void {
    const node = this.nodeAt(path);
    if (node?.content === undefined) return;
    node.mtimeMs = this.#now();
    node.ctimeMs = node.mtimeMs;
    const half = content.length >> 1;
    this.#slow.push({ node, contents: [content.slice(0, half) + node.content.slice(half), content] });
  }

  get slowWrites(): number {
    return this.#slow.length;
  }

  /** Lets one of the writes that have begun take its next step, wherever its file is by now. */
  goOnWriting(which: number): void {
    const at = which % Math.max(1, this.#slow.length);
    const write = this.#slow[at];
    if (write === undefined) return;
    const content = write.contents.shift();
    if (content !== undefined) {
      write.node.content = content;
      return;
    }
    this.#slow.splice(at, 1);
    this.#tellOf(write.node, this.root);
  }

  /** Sets the time of a file, such as back to what it was. */
  setTime(path: string, mtimeMs: number): void {
    const node = this.nodeAt(path);
    if (node === undefined || path === '.') return;
    node.mtimeMs = mtimeMs;
    this.#touched(path, node);
  }

  makeFolder(path: string): void {
    this.#makeParent(path);
    if (this.nodeAt(path) === undefined) this.#put(path, this.#newNode(undefined));
  }

  /** Lets us read and enter everything. */
  open(path = '.'): void {
    const node = this.nodeAt(path);
    if (node === undefined || node.content !== undefined) return;
    if ((node.mode & 0o500) !== 0o500) this.chmod(path, node.mode | 0o500);
    for (const name of node.children.keys()) this.open(joinPath(path, name));
  }

  /** A folder with all that is in it, from below, as `rm -r` does. */
  remove(path: string): void {
    const node = this.nodeAt(path);
    if (node === undefined || path === '.') return;
    for (const name of node.children.keys()) this.remove(joinPath(path, name));
    this.#take(path);
  }

  rename(from: string, to: string): void {
    const [node, target] = [this.nodeAt(from), this.nodeAt(to)];
    if (from === '.' || node === undefined || `${to}/`.startsWith(`${from}/`)) return;
    if (target !== undefined && (node.content === undefined || target.content === undefined)) return;
    if (this.nodeAt(parentOf(to) ?? '.')?.content !== undefined) return;
    if (this.nodeAt(parentOf(to) ?? '.') === undefined) return;
    this.#take(from);
    node.ctimeMs = this.#now();
    this.#put(to, node);
  }

  chmod(path: string, mode: number): void {
    const node = this.nodeAt(path);
    if (node === undefined) return;
    node.mode = mode;
    this.#touched(path, node);
  }

  #newNode(content: string | undefined): DiskNode {
    const now = this.#now();
    const mode = content === undefined ? 0o755 : 0o644;
    this.#inodes += 1;
    return {
      inode: this.#inodes,
      bornMs: now,
      mode,
      mtimeMs: now,
      ctimeMs: now,
      content,
      children: new Map(),
    };
  }

  #makeParent(path: string): void {
    const parent = parentOf(path) ?? '.';
    if (this.nodeAt(parent) === undefined) this.makeFolder(parent);
  }

  #put(path: string, node: DiskNode): void {
    const folder = this.nodeAt(parentOf(path) ?? '.');
    if (folder === undefined || folder.content !== undefined) return;
    folder.children.set(nameOf(path), node);
    this.#entryChanged(folder, nameOf(path));
  }

  #take(path: string): void {
    const folder = this.nodeAt(parentOf(path) ?? '.');
    if (folder?.children.delete(nameOf(path))) this.#entryChanged(folder, nameOf(path));
  }

  #tellOf(node: DiskNode, folder: DiskNode): void {
    for (const [name, child] of folder.children) {
      if (child === node) this.onEvent(folder, name);
      this.#tellOf(node, child);
    }
  }

  #entryChanged(folder: DiskNode, name: string): void {
    folder.mtimeMs = this.#now();
    folder.ctimeMs = folder.mtimeMs;
    this.onEvent(folder, name);
  }

  #touched(path: string, node: DiskNode): void {
    node.ctimeMs = this.#now();
    const folder = this.nodeAt(parentOf(path) ?? '.');
    if (folder !== undefined && path !== '.') this.onEvent(folder, nameOf(path));
  }
}

/** All that a remote has to be like, path by path. */
export function statesIn(root: DiskNode): Record<string, string> {
  const states: Record<string, string> = {};
  const visit = (path: string, { content, mode, mtimeMs, children }: DiskNode): void => {
    states[path] =
      `${mode.toString(8)} ${mtimeMs} ${content === undefined ? 'folder' : JSON.stringify(content)}`;
    for (const [name, child] of children) visit(joinPath(path, name), child);
  };
  visit('.', root);
  return states;
}

/** What a look at a node tells. */
export function foundOf({ inode, bornMs, mode, mtimeMs, ctimeMs, content }: DiskNode): FoundEntry {
  return {
    kind: content === undefined ? 'folder' : 'file',
    isRegular: content !== undefined,
    isSymlink: false,
    size: content?.length ?? 0,
    device: 1,
    inode,
    links: 1,
    mode,
    mtimeMs,
    ctimeMs,
    bornMs,
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
