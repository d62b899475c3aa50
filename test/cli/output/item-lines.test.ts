import { describe, expect, it } from 'vitest';
import { ItemLines } from '../../../src/cli/output/item-lines.ts';
import { type FileEntry, type Item, itemFlags, parseOptions } from '../../../src/protocol/index.ts';
import { infoLevels } from '../../../src/protocol/internal.ts';

const file: FileEntry = { name: 'f', mode: 0o100_644, size: 1, mtime: 0, mtimeNs: 0, uid: 0, gid: 0 };
const folder: FileEntry = { ...file, name: 'd', mode: 0o040_755 };

function linesOf(line: string): ItemLines {
  const { transfer, output } = parseOptions(line.split(' '));
  return new ItemLines(transfer, output, infoLevels(transfer));
}

const { transfer, localChange, nameFollows, isNew, reportPerms, reportTime } = itemFlags;
const item = (flags: number, name?: string): Item => ({
  index: 0,
  flags,
  ...(name !== undefined && { name: Buffer.from(name) }),
});

/** Found out by asking rsync 3.5.0 about each kind of change with each set of options. */
describe('a line', () => {
  it.each([
    ['-v', file, item(transfer), true],
    ['-v', file, item(localChange | isNew), true],
    ['-v', folder, item(reportTime), true],
    ['-v', file, item(reportPerms), false],
    ['-v', folder, item(0), false],
    ['-i', file, item(reportPerms), true],
    ['-i', file, item(0), false],
    ['-i', file, item(localChange | nameFollows), false],
    ['-i', file, item(localChange | nameFollows, 'other'), true],
    ['-ii', file, item(0), true],
    ['-vvi', file, item(0), true],
    ['-vv', file, item(0), false],
    ['--out-format=%n', file, item(reportPerms), false],
    ['--out-format=%o%i', file, item(reportPerms), true],
    ['-a', file, item(reportPerms), false],
    ['-a', folder, item(reportPerms), true],
  ])('with %s', (options, entry, change, expected) => {
    expect(linesOf(options).isDue(entry, change)).toBe(expected);
  });

  it.each([
    ['-a', undefined],
    ['-v', '<n><L>'],
    ['-i', '<i> <n><L>'],
    ['-vi', '<i> <n><L>'],
    ['-i --info=name0', '<i> <n><L>'],
    ['-v --info=name0', undefined],
    ['--progress', '<n><L>'],
    ['-q', undefined],
    ['-i --out-format=%o:%n', '<o>:<n>'],
    ['--out-format=', ''],
  ])('with %s says what is asked for', (options, expected) => {
    const values = { text: (letter: string) => `<${letter}>`, number: () => undefined };
    expect(linesOf(options).shown(values)).toBe(expected);
  });

  it.each([
    ['-v', false],
    ['--out-format=%n_%b', true],
    ["--out-format=%''c", true],
    ['--out-format=%C', true],
    ['--out-format=%%b', false],
  ])('with %s comes late: %s', (options, expected) => {
    expect(linesOf(options).isLate).toBe(expected);
  });
});

describe('a deletion', () => {
  const texts: Readonly<Record<string, string>> = { n: 'x/', i: '*deleting  ', o: 'del.', L: '' };
  const values = { text: (letter: string) => texts[letter], number: () => undefined };

  it.each([
    ['-a', undefined],
    ['-v', 'deleting x/'],
    ['-i', '*deleting   x/'],
    ['--info=del', 'deleting x/'],
    ['--info=name', 'deleting x/'],
    ['-v --info=del0', 'deleting x/'],
    ['--out-format=%L', 'deleting x/'],
    ['--out-format=', 'deleting x/'],
    ['--out-format=%o:%n', 'del.:x/'],
    ['--stats', undefined],
  ])('is told with %s', (options, expected) => {
    expect(linesOf(options).shownDeletion(values)).toBe(expected);
  });

  it('is logged in the format of the log', () => {
    expect(linesOf('-a').loggedDeletion(values)).toBeUndefined();
    expect(linesOf('--log-file=x').loggedDeletion(values)).toBe('*deleting   x/');
    expect(linesOf('--log-file=x --log-file-format=%n').loggedDeletion(values)).toBe('deleting x/');
    expect(linesOf('--log-file=x --log-file-format=').loggedDeletion(values)).toBe('deleting x/');
    expect(linesOf('--log-file=x --log-file-format=').logged(values)).toBeUndefined();
  });
});
