import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { decodeName } from '../../src/protocol/index.ts';
import { systemPath } from '../../src/protocol/internal.ts';
import { isServerRoot } from './rights.ts';

/** Numbers that look like chance and are the same for the same seed: from 0 to 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** GBK for "middle" and "text": names that are not UTF-8. */
const GBK_FOLDER = '\udcd6\udcd0';
const GBK_FILE = '\udcce\udcc4.txt';

/** File systems of macOS take UTF-8 only. */
const TAKES_ANY_BYTES = process.platform === 'linux';

const NAMES = [
  'a',
  'b',
  'c.txt',
  'index.html',
  'with space',
  'new\nline',
  'star*[x]?',
  'back\\slash',
  '-rf',
  'quote\'"`touch owned`$(id)',
  'höhe',
  '中文',
  '#hash',
  ...(TAKES_ANY_BYTES ? [GBK_FILE] : []),
];
const FOLDER_NAMES = ['d', 'sub', 'deep', 'ünder', 'x y', '[brackets]', 'c.txt', 'a'];
if (TAKES_ANY_BYTES) FOLDER_NAMES.push(GBK_FOLDER);
/** A server that cannot chroot stores links that lead out of its module as others. */
const LINK_TARGETS = [
  'a',
  'nowhere',
  'd',
  ...(isServerRoot ? ['../b', '/etc/hostname'] : ['sub/b', 'etc/hostname']),
];
const MAX_DEPTH = 5;

/**
 * Does random things to a tree: whatever people and programs do to files. What cannot be done at the moment, such as
 * moving a folder into itself, is left out.
 */
export class RandomChanges {
  readonly #root: string;
  readonly #outside: string;
  readonly #random: () => number;
  #count = 0;

  /** `outside` is a folder on the same file system, for what is moved out and in. */
  constructor(root: string, outside: string, seed: number) {
    this.#root = root;
    this.#outside = outside;
    this.#random = randomFrom(seed);
  }

  /** Makes one change and tells which. */
  step(): string {
    this.#count += 1;
    const [name, deed] = this.#pick(this.#deeds);
    try {
      return `${name} ${JSON.stringify(deed() ?? '')}`;
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (!CLASHES.includes(code ?? '')) throw thrown;
      return `${name}: ${code}`;
    }
  }

  readonly #deeds: ReadonlyArray<readonly [string, () => string | undefined]> = [
    ...twice(['create', () => this.#write(this.#newPath(NAMES))] as const),
    ...twice(['edit', () => this.#edit()] as const),
    ...twice([
      'append',
      () => this.#onFile((path) => appendFileSync(path, `${this.#content(40)}\n`)),
    ] as const),
    ['make folders', () => this.#makeFolders()],
    ['rename file', () => this.#rename(this.#someFile(), this.#newPath(NAMES))],
    ['rename folder', () => this.#rename(this.#someFolder(), this.#newPath(FOLDER_NAMES))],
    ['delete file', () => this.#onFile((path) => unlinkSync(path))],
    ['delete tree', () => this.#removeTree()],
    ['copy tree', () => this.#copyTree()],
    ['file to folder', () => this.#fileToFolder()],
    ['folder to file', () => this.#folderToFile()],
    ['symlink', () => this.#symlink()],
    ['chmod', () => this.#chmod()],
    [
      'chmod folder',
      () => this.#on(this.#someFolder(), (path) => chmodSync(path, this.#pick([0o755, 0o700]))),
    ],
    ['older over newer', () => this.#olderOverNewer()],
    ['hard link', () => this.#hardLink()],
    ['edit and set back', () => this.#editAndSetBack()],
    ['truncate', () => this.#onFile((path) => truncateSync(path, this.#below(50)))],
    ['made and removed', () => this.#madeAndRemoved()],
    ['save as editors do', () => this.#saveAtomically()],
    ['move out and in', () => this.#moveOutAndIn()],
    ['replace folder', () => this.#replaceFolder()],
    ['touch', () => this.#onFile((path) => utimesSync(path, this.#below(1e9), this.#below(1e9)))],
    ['fifo', () => this.#fifo()],
  ];

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }

  #content(length: number): string {
    return `${this.#count}:${'x'.repeat(this.#below(length))}`;
  }

  #all(isFolder: boolean): string[] {
    const found: string[] = [];
    const visit = (folder: string): void => {
      for (const entry of readdirSync(systemPath(folder), { withFileTypes: true, encoding: 'buffer' })) {
        const path = `${folder}/${decodeName(entry.name)}`;
        if (entry.isDirectory() === isFolder && (isFolder || entry.isFile())) found.push(path);
        if (entry.isDirectory()) visit(path);
      }
    };
    visit(this.#root);
    return found;
  }

  #someFile(): string | undefined {
    return this.#pick(this.#all(false));
  }

  #someFolder(): string | undefined {
    return this.#pick(this.#all(true));
  }

  #newPath(names: readonly string[]): string {
    const folders = [this.#root, ...this.#all(true)];
    const shallow = folders.filter((path) => path.slice(this.#root.length).split('/').length <= MAX_DEPTH);
    return `${this.#pick(shallow)}/${this.#pick(names)}`;
  }

  #shown(path: string): string {
    return path.slice(this.#root.length + 1);
  }

  #on(path: string | undefined, deed: (path: string | Buffer) => void): string | undefined {
    if (path === undefined) return undefined;
    deed(systemPath(path));
    return this.#shown(path);
  }

  #onFile(deed: (path: string | Buffer) => void): string | undefined {
    return this.#on(this.#someFile(), deed);
  }

  #write(path: string, length = this.#pick([20, 20, 3000, 200_000])): string | undefined {
    return this.#on(path, (bytes) => writeFileSync(bytes, this.#content(length)));
  }

  /** In place, the size stays: sometimes twice within a moment. */
  #edit(): string | undefined {
    return this.#onFile((path) => {
      const descriptor = openSync(path, 'r+');
      const { size } = lstatSync(path);
      const text = String(this.#count).padStart(Math.min(size, 12), '0').slice(0, size);
      writeSync(descriptor, text, 0);
      closeSync(descriptor);
      if (this.#random() < 0.3) {
        const again = openSync(path, 'r+');
        writeSync(again, text.split('').reverse().join(''), 0);
        closeSync(again);
      }
    });
  }

  /** Other bytes, and the same size and time as before. */
  #editAndSetBack(): string | undefined {
    return this.#onFile((path) => {
      const { size, atime, mtime } = lstatSync(path);
      const descriptor = openSync(path, 'r+');
      writeSync(descriptor, String(this.#count).slice(0, size), 0);
      closeSync(descriptor);
      utimesSync(path, atime, mtime);
    });
  }

  #makeFolders(): string | undefined {
    const top = this.#newPath(FOLDER_NAMES);
    const deep = `${top}/${this.#pick(FOLDER_NAMES)}/${this.#pick(FOLDER_NAMES)}`;
    mkdirSync(systemPath(deep), { recursive: true });
    for (let i = this.#below(4); i > 0; i -= 1) this.#write(`${deep}/${this.#pick(NAMES)}`);
    return this.#shown(deep);
  }

  #rename(from: string | undefined, to: string): string | undefined {
    if (from === undefined) return undefined;
    renameSync(systemPath(from), systemPath(to));
    return `${this.#shown(from)} -> ${this.#shown(to)}`;
  }

  #removeTree(): string | undefined {
    return this.#on(this.#someFolder(), (path) => rmSync(path, { recursive: true }));
  }

  #copyTree(): string | undefined {
    const from = this.#someFolder();
    if (from === undefined || !from.isWellFormed() || this.#all(false).length > 300) return undefined;
    const to = `${this.#root}/${this.#pick(['copy', 'd', 'sub'])}`;
    if (to === from || `${to}/`.startsWith(`${from}/`) || `${from}/`.startsWith(`${to}/`)) return undefined;
    cpSync(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => lstatSync(path).isFile() || lstatSync(path).isDirectory(),
    });
    return `${this.#shown(from)} -> ${this.#shown(to)}`;
  }

  #fileToFolder(): string | undefined {
    const file = this.#someFile();
    return this.#on(file, (path) => {
      unlinkSync(path);
      mkdirSync(path);
      for (let i = this.#below(3); i > 0; i -= 1) this.#write(`${file}/${this.#pick(NAMES)}`);
    });
  }

  #folderToFile(): string | undefined {
    return this.#on(this.#someFolder(), (path) => {
      rmSync(path, { recursive: true });
      writeFileSync(path, this.#content(100));
    });
  }

  #symlink(): string | undefined {
    const path = this.#newPath(['link', 'link2', 'a']);
    rmSync(systemPath(path), { force: true });
    symlinkSync(this.#pick(LINK_TARGETS), systemPath(path));
    return this.#shown(path);
  }

  #chmod(): string | undefined {
    return this.#onFile((path) => chmodSync(path, this.#pick([0o644, 0o600, 0o755, 0o444])));
  }

  #olderOverNewer(): string | undefined {
    return this.#onFile((path) => {
      const older = `${this.#outside}/older`;
      writeFileSync(older, this.#content(30));
      utimesSync(older, 1_000_000_000, 1_000_000_000);
      renameSync(older, path);
    });
  }

  #hardLink(): string | undefined {
    const from = this.#someFile();
    const to = this.#newPath(['hard', 'hard2']);
    if (from === undefined) return undefined;
    linkSync(systemPath(from), systemPath(to));
    return `${this.#shown(from)} -> ${this.#shown(to)}`;
  }

  #madeAndRemoved(): string | undefined {
    return this.#on(this.#newPath(['temporary']), (path) => {
      writeFileSync(path, this.#content(1000));
      unlinkSync(path);
    });
  }

  #saveAtomically(): string | undefined {
    const file = this.#someFile();
    return this.#on(file, (path) => {
      const temporary = systemPath(`${file}.tmp`);
      writeFileSync(temporary, this.#content(500));
      renameSync(temporary, path);
    });
  }

  #moveOutAndIn(): string | undefined {
    const away = `${this.#outside}/away`;
    rmSync(away, { recursive: true, force: true });
    return this.#on(this.#someFolder(), (path) => {
      renameSync(path, away);
      if (this.#random() < 0.7) renameSync(away, systemPath(this.#newPath(FOLDER_NAMES)));
    });
  }

  /** Another folder of the same name takes its place. */
  #replaceFolder(): string | undefined {
    const folder = this.#someFolder();
    return this.#on(folder, (path) => {
      const other = `${this.#outside}/other`;
      rmSync(other, { recursive: true, force: true });
      mkdirSync(`${other}/${this.#pick(['deep', 'new'])}`, { recursive: true });
      writeFileSync(`${other}/${this.#pick(['a', 'b'])}`, this.#content(100));
      rmSync(path, { recursive: true });
      renameSync(other, path);
    });
  }

  #fifo(): string | undefined {
    const path = this.#newPath(['fifo']);
    if (path.isWellFormed()) spawnSync('mkfifo', ['--', path], { stdio: 'ignore' });
    return this.#shown(path);
  }
}

/** What goes wrong when two things have the same name, or one is missing. */
const CLASHES = [
  'EEXIST',
  'ENOTEMPTY',
  'EISDIR',
  'ENOTDIR',
  'ENOENT',
  'EINVAL',
  'EBUSY',
  'EXDEV',
  'ENXIO',
  'ERR_FS_EISDIR',
  'ERR_FS_CP_EINVAL',
  'ERR_FS_CP_DIR_TO_NON_DIR',
  'ERR_FS_CP_NON_DIR_TO_DIR',
  'ERR_FS_CP_EEXIST',
  'EACCES',
  'EPERM',
  'ELOOP',
  'ENAMETOOLONG',
];

function twice<T>(deed: T): [T, T] {
  return [deed, deed];
}
