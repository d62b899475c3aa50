import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readPasswordFile } from '../../../src/protocol/connect/password-file.ts';
import { UsageError } from '../../../src/protocol/errors.ts';
import { isRoot } from '../../support/rights.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-password-'));
  file = join(folder, 'password');
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function write(content: string | Buffer, mode = 0o600): void {
  writeFileSync(file, content);
  chmodSync(file, mode);
}

const STRANGER = (process.geteuid?.() ?? 0) + 12_345;

// All of it as the real client 3.5.0 does it.
describe('a password file', () => {
  it.each([
    ['one line', 'pw\n', 'pw'],
    ['a line without its end', 'pw', 'pw'],
    ['lines of Windows', 'pw\r\nmore\r\n', 'pw'],
    ['empty lines in front', '\n\r\n\npw\n', 'pw'],
    ['blanks around', '  p w  \n', '  p w  '],
    ['a NUL', 'pw\0x\n', 'pw'],
    ['more than 511 bytes', 'a'.repeat(600), 'a'.repeat(511)],
    ['UTF-8', 'pä中\n', 'pä中'],
    ['bytes that are not UTF-8', Buffer.from('70e90a', 'hex'), 'p\udce9'],
  ])('with %s', (_name, content, password) => {
    write(content);
    expect(readPasswordFile(file)).toBe(password);
  });

  it.each([
    ['nothing', ''],
    ['only empty lines', '\n\r\n\n'],
    ['511 empty lines in front', `${'\n'.repeat(511)}pw\n`],
  ])('is refused with %s', (_name, content) => {
    write(content);
    expect(() => readPasswordFile(file)).toThrow(UsageError);
    expect(() => readPasswordFile(file)).toThrow('its first line must be the password');
  });

  it.each([0o604, 0o602, 0o606, 0o664])('is refused when others may read or write it: %o', (mode) => {
    write('pw\n', mode);
    expect(() => readPasswordFile(file)).toThrow('must not be readable or writable by others');
  });

  it.each([0o600, 0o400, 0o640, 0o660, 0o601])('may be used by us and our group: %o', (mode) => {
    write('pw\n', mode);
    expect(readPasswordFile(file)).toBe('pw');
  });

  it('is refused when it is not there, or no file', () => {
    expect(() => readPasswordFile(file)).toThrow(UsageError);
    expect(() => readPasswordFile(file)).toThrow(/password: cannot be read: there is no such file$/);
    mkdirSync(file, { mode: 0o700 });
    expect(() => readPasswordFile(file)).toThrow(UsageError);
    expect(() => readPasswordFile(file)).toThrow(/cannot be read: it is a folder/);
  });

  it('may be a chain of our own symlinks, absolute and relative', () => {
    write('pw\n');
    mkdirSync(join(folder, 'sub'));
    symlinkSync('../password', join(folder, 'sub', 'one'));
    symlinkSync(join(folder, 'sub', 'one'), join(folder, 'two'));
    symlinkSync('.', join(folder, 'here'));
    expect(readPasswordFile(join(folder, 'here', 'sub', '..', 'two'))).toBe('pw');
    expect(readPasswordFile(relative(process.cwd(), join(folder, 'two')))).toBe('pw');
  });

  it('is refused when its symlinks go in a circle', () => {
    symlinkSync('loop', join(folder, 'loop'));
    expect(() => readPasswordFile(join(folder, 'loop'))).toThrow(
      /cannot be read: its symlinks go in a circle$/,
    );
  });

  it('may be a descriptor, as a shell makes it of <(command)', () => {
    write('pw\n');
    symlinkSync('/proc/self/fd', join(folder, 'fd'));
    expect(() => readPasswordFile(join(folder, 'fd', '999'))).toThrow('cannot be read');
  });

  it('is refused for root when it belongs to somebody else', () => {
    write('pw\n');
    if (isRoot) chownSync(file, STRANGER, STRANGER);
    else vi.spyOn(process, 'geteuid').mockReturnValue(0);
    expect(() => readPasswordFile(file)).toThrow('must belong to root when running as root');
  });

  it.each([
    ['the link itself', 'link'],
    ['a link to a folder on the way', 'way/password'],
    ['a link behind a link', 'chain'],
  ])('is refused when %s belongs to somebody else', (_name, path) => {
    write('pw\n');
    symlinkSync('password', join(folder, 'link'));
    symlinkSync('.', join(folder, 'way'));
    symlinkSync('link', join(folder, 'chain'));
    // Who may not give links away can be a stranger to them.
    if (!isRoot) vi.spyOn(process, 'geteuid').mockReturnValue(STRANGER);
    else for (const link of ['link', 'way']) lchownSync(join(folder, link), STRANGER, STRANGER);
    expect(() => readPasswordFile(join(folder, path))).toThrow(UsageError);
    expect(() => readPasswordFile(join(folder, path))).toThrow('belongs to another user');
  });
});
