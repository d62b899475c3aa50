import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot } from './rights.ts';

/** Whether small disks can be made here, which takes root, for a server that sees them; the run says so if not. */
export function hasTinyDisks(): boolean {
  if (process.env.TSERSYNC_RSYNCD === 'docker') {
    process.stderr.write(
      '! A container sees no disks that are made here, so the tests with one are left out\n',
    );
    return false;
  }
  const place = mkdtempSync(join(tmpdir(), 'tsersync-disk-'));
  try {
    mountTinyDisk(place)[Symbol.dispose]();
    return true;
  } catch (reason) {
    process.stderr.write(`! No disks can be made here, so the tests with one are left out: ${reason}\n`);
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Mounts a disk of 64 KiB on a folder, until it is disposed of. */
export function mountTinyDisk(place: string): Disposable {
  asRoot('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place);
  // Lazily: a server may not have left it yet.
  return { [Symbol.dispose]: () => asRoot('umount', '-l', place) };
}

function asRoot(...words: readonly string[]): void {
  const [program = '', ...rest] = isRoot ? words : ['sudo', '-n', ...words];
  execFileSync(program, rest, { stdio: 'pipe' });
}
