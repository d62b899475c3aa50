import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenFiles } from '../../src/watch/open-files.ts';

/* A /proc of our own, as proc(5) describes it: flags are octal, and their last two bits are the access mode. */

let proc: string;
beforeEach(() => {
  proc = mkdtempSync(join(tmpdir(), 'tsersync-proc-'));
});
afterEach(() => rmSync(proc, { recursive: true }));

function open(pid: number, descriptor: number, path: string, flags: string): void {
  const folder = join(proc, String(pid));
  for (const name of ['fd', 'fdinfo']) mkdirSync(join(folder, name), { recursive: true });
  symlinkSync(path, join(folder, 'fd', String(descriptor)));
  writeFileSync(join(folder, 'fdinfo', String(descriptor)), `pos:\t0\nflags:\t${flags}\nmnt_id:\t9\n`);
}

const paths = ['/w/write', '/w/both', '/w/read', '/w/nobody'];

describe('open files', () => {
  it('are being written if somebody has them open for that', () => {
    open(10, 3, '/w/read', '0100000');
    open(10, 4, '/w/write', '0100001');
    open(2, 5, '/w/both', '0102002');
    open(2, 6, '/w/other', '0100001');
    expect([...new OpenFiles(1000, proc).beingWritten(paths)].sort()).toEqual(['/w/both', '/w/write']);
  });

  it('are none where there is no such thing as /proc, or it may not be read', () => {
    writeFileSync(join(proc, '7'), 'no folder');
    mkdirSync(join(proc, '8'));
    expect(new OpenFiles(1000, proc).beingWritten(paths).size).toBe(0);
    expect(new OpenFiles(1000, join(proc, 'nowhere')).beingWritten(paths).size).toBe(0);
  });

  it('are not looked for beyond the budget', () => {
    open(10, 4, '/w/write', '0100001');
    expect(new OpenFiles(-1, proc).beingWritten(paths).size).toBe(0);
  });
});
