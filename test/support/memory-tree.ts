import type { Problem } from '../../src/protocol/errors.ts';
import type { FileEntry, IdNames } from '../../src/protocol/file-list/file-entry.ts';
import type { Listing, SourceFile, SourceTree } from '../../src/protocol/file-list/source-tree.ts';

/** What a tree holds under a name: content, a folder, or a symlink. */
export type Node = string | Buffer | Symlink | Folder;
export interface Folder {
  readonly [name: string]: Node;
}

export class Symlink {
  readonly target: string;

  constructor(target: string) {
    this.target = target;
  }
}

export function symlink(target: string): Symlink {
  return new Symlink(target);
}

const MTIME = 1_600_000_000;

/** A tree that is nowhere but in memory: `memoryTree({ 'a.txt': 'hello', sub: { link: symlink('../a.txt') } })`. */
export function memoryTree(folder: Folder): MemoryTree {
  const entries: FileEntry[] = [];
  const contents = new Map<string, Buffer>();
  const add = (name: string, node: Node): void => {
    const common = { name, mtime: MTIME, mtimeNs: 0, uid: 0, gid: 0 };
    if (node instanceof Symlink) {
      entries.push({ ...common, mode: 0o120_777, size: node.target.length, linkTarget: node.target });
    } else if (typeof node === 'string' || Buffer.isBuffer(node)) {
      const content = Buffer.from(node);
      contents.set(name, content);
      entries.push({ ...common, mode: 0o100_644, size: content.length });
    } else {
      entries.push({ ...common, mode: 0o040_755, size: 0, contents: name === '.' ? 'root' : 'listed' });
      for (const [leaf, child] of Object.entries(node)) add(name === '.' ? leaf : `${name}/${leaf}`, child);
    }
  };
  add('.', folder);
  return new MemoryTree(entries, contents);
}

/** A source tree made of any entries; contents by name. */
export class MemoryTree implements SourceTree {
  readonly idNames?: IdNames;
  readonly entries: readonly FileEntry[];
  readonly contents: Map<string, Buffer>;
  /** What is reported with the contents of a folder, by its name; for the top that is empty. */
  readonly problems = new Map<string, Problem[]>();
  /** Names of files that were opened, in order, and of those that are open still. */
  readonly opened: string[] = [];
  readonly stillOpen = new Set<string>();

  constructor(entries: readonly FileEntry[], contents: Map<string, Buffer>, idNames?: IdNames) {
    this.entries = entries;
    this.contents = contents;
    if (idNames !== undefined) this.idNames = idNames;
  }

  roots(): Listing {
    return {
      entries: this.entries.filter(({ name }) => !name.includes('/')),
      problems: this.problems.get('') ?? [],
    };
  }

  children(folder: FileEntry): Listing {
    const entries = this.entries.filter(({ name }) => {
      const slash = name.lastIndexOf('/');
      return slash >= 0 && name.slice(0, slash) === folder.name;
    });
    return { entries, problems: this.problems.get(folder.name) ?? [] };
  }

  open({ name }: FileEntry): SourceFile {
    const content = this.contents.get(name);
    if (content === undefined) throw Object.assign(new Error(`${name} is gone`), { code: 'ENOENT' });
    this.opened.push(name);
    this.stillOpen.add(name);
    return {
      size: content.length,
      mtime: MTIME,
      mtimeNs: 0,
      read: (into, position) => content.copy(into, 0, position),
      close: () => {
        this.stillOpen.delete(name);
      },
    };
  }
}
