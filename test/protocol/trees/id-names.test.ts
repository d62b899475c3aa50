import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { localIdNames } from '../../../src/protocol/trees/id-names.ts';

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return { ...fs, readFileSync: vi.fn(fs.readFileSync) };
});

/** Makes the files of users and groups hold these texts; undefined: there is no such file. */
function files(users: string | undefined, groups: string | undefined): void {
  vi.mocked(readFileSync).mockImplementation((file) => {
    const text = file === '/etc/passwd' ? users : file === '/etc/group' ? groups : undefined;
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  });
}

describe('names of users and groups', () => {
  it('are those of the machine', () => {
    files('root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/:\n', 'root:x:0:\nstaff:x:50:alice,bob\n');
    const names = localIdNames();
    expect([names.user(0), names.user(1000), names.user(50)]).toEqual(['root', 'alice', undefined]);
    expect([names.group(0), names.group(50), names.group(1000)]).toEqual(['root', 'staff', undefined]);
  });

  it('are the first of several', () => {
    files('root:x:0:0::/:\ntoor:x:0:0::/:\n', '');
    expect(localIdNames().user(0)).toBe('root');
  });

  it('are none where the file is none, or its lines are damaged', () => {
    files(undefined, ':x:1:\nname\nname:x\nname:x:y:\nname:x:-1:\n+::::\n\nfine:x:7:');
    const names = localIdNames();
    expect(names.user(0)).toBeUndefined();
    expect([names.group(1), names.group(-1), names.group(Number.NaN), names.group(7)]).toEqual([
      undefined,
      undefined,
      undefined,
      'fine',
    ]);
  });

  it('are not used if they are too long for the wire', () => {
    files(`${'x'.repeat(255)}:x:1:\n${'x'.repeat(256)}:x:2:\n${'ü'.repeat(128)}:x:3:\n`, '');
    const names = localIdNames();
    expect([names.user(1)?.length, names.user(2), names.user(3)]).toEqual([255, undefined, undefined]);
  });

  it('are read once, and only when they are asked for', () => {
    files('root:x:0:', 'root:x:0:');
    vi.mocked(readFileSync).mockClear();
    const names = localIdNames();
    expect(readFileSync).not.toHaveBeenCalled();
    for (let n = 0; n < 5; n++) names.user(n);
    expect(readFileSync).toHaveBeenCalledTimes(1);
    names.group(0);
    expect(readFileSync).toHaveBeenCalledTimes(2);
  });
});
