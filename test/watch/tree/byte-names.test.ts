import { describe, expect, it } from 'vitest';
import { ByteNames } from '../../../src/watch/tree/byte-names.ts';

/** GBK for "middle" and "text", and what Node makes of both. */
const [MIDDLE, TEXT] = ['\udcd6\udcd0', '\udcce\udcc4'];
const SPOILED = '\ufffd\ufffd';

function disk(names: Record<string, string[]>) {
  return {
    look: () => ({ kind: 'missing' }) as const,
    names: (folder: string) => ({ folders: [], byteNames: names[folder] ?? [] }),
    allNames: (folder: string) => names[folder] ?? [],
  };
}

describe('a name that is not UTF-8', () => {
  it('is found by those that are there', () => {
    const names = new ByteNames(disk({ d: [MIDDLE, `${TEXT}.txt`] }));
    expect(names.resolve('d', SPOILED)).toEqual([`d/${SPOILED}`, `d/${MIDDLE}`]);
    expect(names.resolve('d', `${SPOILED}.txt`)).toEqual([`d/${SPOILED}.txt`, `d/${TEXT}.txt`]);
  });

  it('is all those that look like it', () => {
    const names = new ByteNames(disk({ '.': [MIDDLE, TEXT] }));
    expect(names.resolve('.', SPOILED)).toEqual([SPOILED, MIDDLE, TEXT]);
  });

  it('is found when it is gone, once', () => {
    const there = { d: [MIDDLE] };
    const names = new ByteNames(disk(there));
    names.learn('d', [MIDDLE]);
    there.d = [];
    expect(names.resolve('d', SPOILED)).toEqual([`d/${SPOILED}`, `d/${MIDDLE}`]);
    expect(names.resolve('d', SPOILED)).toEqual([`d/${SPOILED}`]);
  });

  it('is told when it is gone, even if another one is looked for', () => {
    const there = { d: [`${TEXT}.txt`] };
    const names = new ByteNames(disk(there));
    names.learn('d', [MIDDLE, `${TEXT}.txt`]);
    expect(names.resolve('d', `${SPOILED}.txt`)).toEqual([
      `d/${SPOILED}.txt`,
      `d/${TEXT}.txt`,
      `d/${MIDDLE}`,
    ]);
  });

  it('is forgotten with the folder that it was in', () => {
    const names = new ByteNames(disk({}));
    names.learn('d/e', [MIDDLE]);
    names.learn('de', [MIDDLE]);
    names.forget('d');
    expect(names.resolve('d/e', SPOILED)).toHaveLength(1);
    expect(names.resolve('de', SPOILED)).toHaveLength(2);
  });

  it('is told by its replacement characters', () => {
    expect([ByteNames.isSpoiled(SPOILED), ByteNames.isSpoiled('中文')]).toEqual([true, false]);
  });
});
