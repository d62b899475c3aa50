import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readEarlyInput } from '../../../src/protocol/connect/early-input.ts';

const folder = mkdtempSync(join(tmpdir(), 'tsersync-early-'));
const file = join(folder, 'input');
afterAll(() => rmSync(folder, { recursive: true }));

it.each([0, 5, 5120])('reads early input of %i bytes', (length) => {
  writeFileSync(file, Buffer.alloc(length, 'x'));
  expect(readEarlyInput(file)).toEqual(Buffer.alloc(length, 'x'));
});

it('refuses early input that a daemon would refuse', () => {
  writeFileSync(file, Buffer.alloc(5121));
  const complaint = `early input ${file}: it is longer than 5120 bytes`;
  expect(() => readEarlyInput(file)).toThrow(expect.objectContaining({ message: complaint, exitCode: 5 }));
});

it('refuses early input that cannot be read', () => {
  const complaint = expect.stringContaining(
    `early input ${folder}/none: it cannot be read: there is no such file`,
  );
  expect(() => readEarlyInput(join(folder, 'none'))).toThrow(
    expect.objectContaining({ message: complaint, exitCode: 5 }),
  );
});
