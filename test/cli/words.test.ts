import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandWords } from '../../src/cli/words.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-words-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A file as Linux has it for a process, with these words behind those of the program. */
function fileOf(words: string): string {
  const file = join(folder, 'cmdline');
  writeFileSync(file, Buffer.from(`node\0main.js\0${words}`, 'latin1'));
  return file;
}

describe('the words of a command line', () => {
  it('have the bytes that were given', () => {
    const file = fileOf('push\0\xd6\xd0\0\0');
    expect(commandWords(['push', '\ufffd\ufffd', ''], file)).toEqual(['push', '\udcd6\udcd0', '']);
  });

  it('may have U+FFFD itself', () => {
    expect(commandWords(['\ufffd'], fileOf('\xef\xbf\xbd\0'))).toEqual(['\ufffd']);
  });

  it('stay as Node shows them without /proc', () => {
    expect(commandWords(['push', '\ufffd'], join(folder, 'nothing'))).toEqual(['push', '\ufffd']);
    writeFileSync(join(folder, 'empty'), '');
    expect(commandWords(['push', '\ufffd'], join(folder, 'empty'))).toEqual(['push', '\ufffd']);
  });
});
