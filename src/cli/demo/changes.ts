import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Something that happens to the watched tree. */
export interface DemoChange {
  readonly title: string;
  make(tree: string): void;
  /** Whether a folder shows it. */
  isIn(folder: string): boolean;
}

const MEGABYTE = 1_000_000;
const EDIT = 'twenty changed bytes';
const EDIT_AT = 7 * MEGABYTE;

const folders = Array.from({ length: 10 }, (_, i) => `photos/2026-${String(i + 1).padStart(2, '0')}`);
const photos = folders.flatMap((folder) => Array.from({ length: 30 }, (_, i) => `${folder}/${i}.jpg`));

/** In this order: each builds on those before it. */
export const demoChanges: readonly DemoChange[] = [
  {
    title: `${photos.length} new files in ${folders.length} new folders`,
    make: (tree) => {
      for (const folder of folders) mkdirSync(join(tree, folder), { recursive: true });
      for (const photo of photos) writeFileSync(join(tree, photo), randomBytes(2000));
    },
    isIn: (folder) => photos.every((photo) => sizeOf(join(folder, photo)) === 2000),
  },
  {
    title: 'a small file',
    make: (tree) => writeFileSync(join(tree, 'hello.txt'), 'Hello!\n'),
    isIn: (folder) => existsSync(join(folder, 'hello.txt')),
  },
  {
    title: 'a new file of 20 MB',
    make: (tree) => writeFileSync(join(tree, 'video.bin'), randomBytes(20 * MEGABYTE)),
    isIn: (folder) => sizeOf(join(folder, 'video.bin')) === 20 * MEGABYTE,
  },
  {
    title: '20 bytes changed in that file',
    make: (tree) => {
      const file = openSync(join(tree, 'video.bin'), 'r+');
      writeSync(file, EDIT, EDIT_AT);
      closeSync(file);
    },
    isIn: (folder) => textAt(join(folder, 'video.bin'), EDIT_AT, EDIT.length) === EDIT,
  },
  {
    title: 'a folder of 30 files renamed',
    make: (tree) => renameSync(join(tree, 'photos/2026-01'), join(tree, 'photos/january')),
    isIn: (folder) =>
      existsSync(join(folder, 'photos/january/29.jpg')) && !existsSync(join(folder, 'photos/2026-01')),
  },
  {
    title: 'a folder of 30 files deleted',
    make: (tree) => rmSync(join(tree, 'photos/2026-02'), { recursive: true }),
    isIn: (folder) => !existsSync(join(folder, 'photos/2026-02')),
  },
];

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function textAt(path: string, offset: number, length: number): string {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, offset);
  closeSync(file);
  return bytes.toString();
}
