import { describe, expect, it } from 'vitest';
import { infoFlags, messageLevels } from '../../../src/protocol/options/message-flags.ts';

function levels(...words: string[]) {
  return Object.fromEntries(messageLevels(words, infoFlags, '--info'));
}

describe('levels of messages', () => {
  it('are read from words, of which the later ones win', () => {
    expect(levels('name', 'DEL0', 'Stats2', 'misc99', 'name2')).toEqual({
      NAME: 2,
      DEL: 0,
      STATS: 2,
      MISC: 4,
    });
  });

  it('can be said of all flags at once', () => {
    expect(levels('none9', 'skip')).toEqual({
      ...Object.fromEntries(infoFlags.map((flag) => [flag, 0])),
      SKIP: 1,
    });
    expect(levels('all3')).toEqual(Object.fromEntries(infoFlags.map((flag) => [flag, 3])));
  });

  it.each(['bogus', 'name-1', 'name5x', '2', '', 'na'])('are not read from %j', (word) => {
    expect(() => levels(word)).toThrow(`--info: '${word}' is not one of BACKUP, COPY`);
  });
});
