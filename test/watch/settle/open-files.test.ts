import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OpenFiles } from '../../../src/watch/settle/open-files.ts';

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

  it('of a folder are those in it, however deep, and in no other', () => {
    open(10, 3, '/w/new/a/b', '0100001');
    open(11, 3, '/w/newer/x', '0100001');
    open(12, 3, '/w/old/y', '0100000');
    const files = new OpenFiles(1000, proc);
    expect([...files.beingWritten(['/w/new/', '/w/old/', '/w/newer/z'])]).toEqual(['/w/new/']);
    expect([...files.beingWritten(['/w/newer/', '/w/new'])]).toEqual(['/w/newer/']);
  });

  it('are none where there is no such thing as /proc, or it may not be read', () => {
    writeFileSync(join(proc, '7'), 'no folder');
    mkdirSync(join(proc, '8'));
    expect(new OpenFiles(1000, proc).beingWritten(paths).size).toBe(0);
    expect(new OpenFiles(1000, join(proc, 'nowhere')).beingWritten(paths).size).toBe(0);
  });

  it('are found by what they are, where another mount gives them another path', () => {
    const file = join(proc, 'file');
    writeFileSync(file, '');
    const seen = join(proc, 'seen-from-a-container');
    mkdirSync(seen);
    linkSync(file, join(seen, 'file'));
    writeFileSync(join(proc, 'other'), '');
    open(10, 3, join(seen, 'file'), '0100001');
    expect([...new OpenFiles(1000, proc).beingWritten([file, join(seen, 'other')])]).toEqual([file]);
  });

  it('are looked through again only if their process may have opened or written something since', () => {
    const writes = (pid: number, count: number) =>
      writeFileSync(join(proc, String(pid), 'io'), `rchar: 1\nsyscw: ${count}\n`);
    mkdirSync(join(proc, '10', 'fd'), { recursive: true });
    writes(10, 7);
    const files = new OpenFiles(1000, proc);
    files.beingWritten([]);
    open(10, 4, '/w/write', '0100001');
    expect(files.beingWritten(paths).size).toBe(0);
    writes(10, 8);
    expect([...files.beingWritten(paths)]).toEqual(['/w/write']);
    // From then on it is a writer, whatever its numbers say.
    open(10, 5, '/w/both', '0100002');
    expect([...files.beingWritten(paths)].sort()).toEqual(['/w/both', '/w/write']);
  });

  it('of a process that had one of that name open before are looked through in any case', () => {
    open(10, 4, '/w/write', '0100001');
    writeFileSync(join(proc, '10', 'io'), 'syscw: 7\n');
    const files = new OpenFiles(1000, proc);
    expect(files.beingWritten(['/w/other']).size).toBe(0);
    expect([...files.beingWritten(paths)]).toEqual(['/w/write']);
  });

  it('are not looked for beyond the budget', () => {
    open(10, 4, '/w/write', '0100001');
    expect(new OpenFiles(-1, proc).beingWritten(paths).size).toBe(0);
  });
});
