import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AbortedError } from '../../../src/protocol/errors.ts';
import { readNamed, readNamedFile, withPipes } from '../../../src/protocol/named-files/read-named.ts';

let folder: string;
let pipe: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-read-'));
  pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that writes to the pipe by and by. */
function writer(script: string): void {
  spawn('sh', ['-c', script, 'sh', pipe], { stdio: 'ignore' });
}

describe('a file that the operator has named', () => {
  it('is read whole', async () => {
    const content = Buffer.alloc(3 * 1024 * 1024 + 5, 'line\n');
    writeFileSync(join(folder, 'big'), content);
    expect(readNamed(join(folder, 'big')).equals(content)).toBe(true);
    expect((await withPipes(undefined, (read) => read(join(folder, 'big')))).equals(content)).toBe(true);
    expect(readNamed(join(folder, 'big'), { most: 10 })).toHaveLength(11);
  });

  it('must not be a folder', () => {
    mkdirSync(join(folder, 'sub'));
    expect(() => readNamed(join(folder, 'sub'))).toThrow('it is a folder, not a file');
  });

  it('has no end that could be waited for if it is a device', () => {
    expect(() => readNamed('/dev/zero')).toThrow(/it is longer than \d+ bytes/);
    expect(readNamed('/dev/null')).toHaveLength(0);
  });

  it('must not be a pipe if it is read for every session', () => {
    expect(() => readNamedFile(pipe)).toThrow('it must be a file, not a pipe');
    expect(() => readNamedFile('-', { knowsStandardInput: true })).toThrow('it must be a file, not a pipe');
  });
});

describe('a pipe that the operator has named', () => {
  it('is refused when nobody writes to it', async () => {
    const limits = { maxWaitMs: 20 };
    expect(() => readNamed(pipe, limits)).toThrow('it is a pipe that nobody writes to');
    await expect(withPipes(undefined, (read) => read(pipe, limits))).rejects.toThrow('nobody writes to');
  });

  it('is read to its end, however slowly it comes', async () => {
    const script = 'exec 3> "$1"; echo a >&3; sleep 0.02; echo b >&3; sleep 0.02; echo c >&3';
    writer(script);
    expect((await withPipes(undefined, (read) => read(pipe))).toString()).toBe('a\nb\nc\n');
    writer(script);
    expect(readNamed(pipe).toString()).toBe('a\nb\nc\n');
  });

  it('gives what comes first to whoever needs no more', async () => {
    writer('exec 3> "$1"; echo pw >&3; sleep 1');
    expect((await withPipes(undefined, (read) => read(pipe, { takesFirst: true }))).toString()).toBe('pw\n');
  });

  it('is read once although the work begins again', async () => {
    writeFileSync(join(folder, 'file'), 'f');
    writer('echo p > "$1"');
    let begun = 0;
    const both = await withPipes(undefined, (read) => {
      begun += 1;
      return `${read(join(folder, 'file'))}${read(pipe)}`;
    });
    expect([both, begun]).toEqual(['fp\n', 2]);
  });

  it('keeps nobody from giving up', async () => {
    const control = new AbortController();
    const waiting = withPipes(control.signal, (read) => read(pipe));
    control.abort();
    await expect(waiting).rejects.toThrow(AbortedError);
  });
});
