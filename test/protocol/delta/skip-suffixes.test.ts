import { describe, expect, it } from 'vitest';
import { worthPacking } from '../../../src/protocol/delta/skip-suffixes.ts';

describe('files that are not worth packing', () => {
  it.each(['a.gz', 'sub/photo.JPG', 'x.tar.zst', '.mp3', 'b.7z'])('are such as %s', (name) => {
    expect(worthPacking()(name)).toBe(false);
  });

  it.each(['a.txt', 'gz', 'agz', 'a.gz.txt', 'folder.gz/a', 'a.gz~'])('are not such as %s', (name) => {
    expect(worthPacking()(name)).toBe(true);
  });

  it('are what the user says instead', () => {
    const isWorth = worthPacking(['mp[34]', 'a.b', 'x[-^]', 'star*']);
    const names = [
      'a.mp3',
      'a.mp4',
      'a.mp[34]',
      'a.mp',
      'y.a.b',
      'y.aXb',
      'z.x-',
      'z.x^',
      'z.xy',
      's.star*',
      's.starr',
    ];
    expect(names.filter((name) => !isWorth(name))).toEqual([
      'a.mp3',
      'a.mp4',
      'y.a.b',
      'z.x-',
      'z.x^',
      's.star*',
    ]);
    expect(isWorth('a.gz')).toBe(true);
  });

  it('are none if the list is empty', () => {
    expect(worthPacking([])('a.gz')).toBe(true);
  });
});
