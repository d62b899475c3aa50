import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot } from './rights.ts';

/** Whether disks can be made in files and mounted here, which takes root; the run says so if not. */
export function hasLoopDisks(): boolean {
  if (process.platform !== 'linux' || !isRoot) {
    process.stderr.write('! Only root can mount disks, so the tests that do are left out\n');
    return false;
  }
  const base = mkdtempSync(join(tmpdir(), 'tsersync-loop-'));
  const place = join(base, 'place');
  try {
    mkdirSync(place);
    const disk = makeDisk(join(base, 'image'));
    mount(disk, place);
    unmount(place);
    return true;
  } catch (reason) {
    process.stderr.write(`! No disks can be mounted here, so the tests that do are left out: ${reason}\n`);
    return false;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

/** Makes an empty ext4 file system in a file. */
export function makeDisk(image: string): string {
  writeFileSync(image, '');
  truncateSync(image, 8 * 1024 * 1024);
  run('mkfs.ext4', '-q', image);
  return image;
}

/** Mounts the file system in a file, through whatever loop device is free. */
export function mount(image: string, place: string): void {
  run('mount', '-o', 'loop', image, place);
}

export function mountTmpfs(place: string): void {
  run('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place);
}

export function bind(from: string, to: string): void {
  run('mount', '--bind', from, to);
}

/** Waits for whoever lists it just now. */
export function unmount(place: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      run('umount', place);
      return;
    } catch (thrown) {
      if (tries === 50 || !String(thrown).includes('busy')) throw thrown;
      run('sleep', '0.1');
    }
  }
}

/** A device in which different disks lie one after the other. */
export class DiskSlot implements Disposable {
  readonly #image: string;
  readonly #device: string;

  /** `image` is the first of them, which is overwritten. */
  constructor(image: string) {
    this.#image = image;
    this.#device = run('losetup', '-f', '--show', image).trim();
  }

  /** What lies in it, in a new file. */
  copy(image: string): void {
    copyFileSync(this.#image, image);
  }

  insert(image: string): void {
    const slot = openSync(this.#image, 'r+');
    writeSync(slot, readFileSync(image));
    closeSync(slot);
    run('blockdev', '--flushbufs', this.#device);
  }

  mount(place: string): void {
    run('mount', this.#device, place);
  }

  [Symbol.dispose](): void {
    run('losetup', '-d', this.#device);
  }
}

function run(program: string, ...words: readonly string[]): string {
  return execFileSync(program, words, { stdio: 'pipe', encoding: 'utf8' });
}
