import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileError } from '../../../src/protocol/errors.ts';
import { NamedFileError } from '../../../src/protocol/named-files/named-file-error.ts';
import { readRuleFile } from '../../../src/protocol/trees/rule-file.ts';
import { isRoot } from '../../support/rights.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-rules-'));
  file = join(folder, '.rules');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a rule file of a folder', () => {
  it('is read whole, however long it is', () => {
    const content = Buffer.alloc(5 * 1024 * 1024 + 1, '- a\n');
    writeFileSync(file, content);
    expect(readRuleFile(file)?.equals(content)).toBe(true);
  });

  it('may be a symlink of our own', () => {
    writeFileSync(join(folder, 'real'), '- a\n');
    symlinkSync('real', file);
    expect(readRuleFile(file)?.toString()).toBe('- a\n');
  });

  it('says nothing if it is not there, is a folder, or leads nowhere', () => {
    expect(readRuleFile(file)).toBeUndefined();
    expect(readRuleFile(join(folder, 'none', '.rules'))).toBeUndefined();
    symlinkSync('none', join(folder, 'dangling'));
    expect(readRuleFile(join(folder, 'dangling'))).toBeUndefined();
    mkdirSync(file);
    expect(readRuleFile(file)).toBeUndefined();
  });

  it.skipIf(isRoot)('says nothing if we may not read it (needs a user other than root)', () => {
    writeFileSync(file, '- a\n');
    chmodSync(file, 0);
    expect(readRuleFile(file)).toBeUndefined();
  });

  it('ends the push if it is longer than any list, instead of being cut', () => {
    writeFileSync(file, '');
    truncateSync(file, 2 ** 29);
    expect(() => readRuleFile(file)).toThrow(FileError);
    expect(() => readRuleFile(file)).toThrow(`${file}: the rules in it cannot be read: it is longer than `);
  });

  it('is refused if it is a pipe, or its path is too long to look for it', () => {
    execFileSync('mkfifo', [file]);
    expect(() => readRuleFile(file)).toThrow(NamedFileError);
    expect(() => readRuleFile(join(folder, 'x'.repeat(4096)))).toThrow('its name is too long');
  });
});
