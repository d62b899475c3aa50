import { describe, expect, it } from 'vitest';
import { infoLevels } from '../../../src/protocol/options/info-levels.ts';
import { parseOptions } from '../../../src/protocol/options/parse-options.ts';

/** Only what is told at all. */
function told(line: string): Record<string, number> {
  const levels = infoLevels(parseOptions(line.split(' ')).transfer);
  return Object.fromEntries(Object.entries(levels).filter(([, level]) => level > 0));
}

const verbose = { NONREG: 1, COPY: 1, DEL: 1, FLIST: 1, MISC: 1, NAME: 1, STATS: 1, SYMSAFE: 1 };
const more = { ...verbose, BACKUP: 1, MISC: 2, MOUNT: 1, NAME: 2, REMOVE: 1, SKIP: 1 };

describe('what is told', () => {
  it.each<[string, Record<string, number>]>([
    ['-a', { NONREG: 1 }],
    ['-v', verbose],
    ['-vv', more],
    ['-vvvv', more],
    ['-q', {}],
    ['-vq --progress --info=del', {}],
    ['--stats', { NONREG: 1, STATS: 2 }],
    ['-v --stats', { ...verbose, STATS: 2 }],
    ['-vv --stats', { ...more, STATS: 3 }],
    ['--progress', { NONREG: 1, FLIST: 2, NAME: 1, PROGRESS: 1 }],
    ['-vv --progress', { ...more, FLIST: 2, PROGRESS: 1 }],
    ['--info=stats1 --stats', { NONREG: 1, STATS: 1 }],
    ['--info=name0 -v', { ...verbose, NAME: 0 }],
    ['--info=none,name2', { NAME: 2 }],
    ['--info=progress2', { NONREG: 1, PROGRESS: 2 }],
    ['--progress --info=progress2', { NONREG: 1, FLIST: 2, NAME: 1, PROGRESS: 2 }],
  ])('with %s', (line, expected) => {
    expect(told(line)).toEqual(Object.fromEntries(Object.entries(expected).filter(([, n]) => n > 0)));
  });
});
