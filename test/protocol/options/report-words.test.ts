import { describe, expect, it } from 'vitest';
import { infoWord, logFormatWord } from '../../../src/protocol/options/report-words.ts';

describe('what a server is asked to tell', () => {
  it.each([
    [['name2', 'progress2', 'flist'], '--info=NAME2'],
    [['stats', 'del0', 'copy3'], '--info=COPY3,DEL0,STATS'],
    [['all'], '--info=ALL'],
    [['none', 'name'], '--info=NONE,NAME'],
    [['all2', 'misc', 'skip0'], '--info=ALL2,MISC,SKIP0'],
  ])('is said of %j as %s', (words, word) => {
    expect(infoWord(words)).toBe(word);
  });

  it('is nothing when all flags are our own business', () => {
    expect(infoWord([])).toBeUndefined();
    expect(infoWord(['flist2', 'progress', 'remove'])).toBeUndefined();
  });

  it('is what our own lines about files need', () => {
    expect(logFormatWord({})).toBeUndefined();
    expect(logFormatWord({ outFormat: '%-11i %n' })).toBe('--log-format=%i');
    expect(logFormatWord({ outFormat: '%%i %o' })).toBe('--log-format=%o');
    expect(logFormatWord({ outFormat: '%n' })).toBe('--log-format=X');
    expect(logFormatWord({ outFormat: '%n', verbose: 1 })).toBeUndefined();
    expect(logFormatWord({ itemizeChanges: 2, verbose: 1 })).toBe('--log-format=%i%I');
    expect(logFormatWord({ progress: true })).toBe('--log-format=X');
  });
});
