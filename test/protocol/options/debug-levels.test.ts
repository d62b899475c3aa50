import { describe, expect, it } from 'vitest';
import { debugLevels, refuseUnshown } from '../../../src/protocol/options/debug-levels.ts';
import { debugFlags } from '../../../src/protocol/options/message-flags.ts';

describe('what is told about the work itself', () => {
  it('is nothing by default, and with -q', () => {
    for (const levels of [
      debugLevels({}),
      debugLevels({ verbose: 1 }),
      debugLevels({ verbose: 3, quiet: true }),
    ])
      expect(Object.values(levels).every((level) => level === 0)).toBe(true);
  });

  it('grows with each -v from the second on, as rsync --debug=help says', () => {
    expect(debugLevels({ verbose: 2 })).toMatchObject({ CONNECT: 1, CMD: 1, DELTASUM: 1, PROTO: 0, NSTR: 0 });
    expect(debugLevels({ verbose: 3 })).toMatchObject({
      CONNECT: 2,
      DELTASUM: 2,
      SEND: 1,
      EXIT: 1,
      PROTO: 0,
    });
    expect(debugLevels({ verbose: 4 })).toMatchObject({ CMD: 2, PROTO: 1, EXIT: 2, CHDIR: 0 });
    expect(debugLevels({ verbose: 9 })).toMatchObject({ CHDIR: 1, DELTASUM: 4, HLINK: 1, NSTR: 0, IO: 0 });
  });

  it('is what the words say, the last one most', () => {
    expect(debugLevels({ verbose: 2 }, ['cmd0', 'NSTR', 'proto2'])).toMatchObject({
      CMD: 0,
      NSTR: 1,
      PROTO: 2,
    });
    expect(debugLevels({ verbose: 2 }, ['none']).CMD).toBe(0);
  });
});

describe('words of --debug', () => {
  it.each(['CHDIR', 'CONNECT2', 'DELTASUM2', 'EXIT', 'FILTER', 'FLIST2', 'IO2', 'NSTR2', 'SEND'])(
    'are refused by name where rsync alone has the lines: %s',
    (word) => {
      expect(() => refuseUnshown([word])).toThrow(`--debug=${word}: `);
      expect(() => refuseUnshown([word, `${word.replace(/\d/, '')}0`])).not.toThrow();
    },
  );

  it('are taken where rsync says no more than we do', () => {
    const told = debugFlags.filter((flag) => !['CHDIR', 'EXIT', 'FILTER', 'SEND'].includes(flag));
    expect(() => refuseUnshown(told)).not.toThrow();
  });
});
