import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/protocol/errors.ts';
import { modeChange } from '../../../src/protocol/trees/mode-changes.ts';

const FILE = 0o100_000;
const FOLDER = 0o040_000;
const SYMLINK = 0o120_000;

/** What rsync 3.5.0 makes, with umask 022, of files of mode 0644 and 6755 and of folders of mode 0755 and 3700. */
const recorded: ReadonlyArray<readonly [string, number, number, number, number]> = [
  ['u+w', 0o644, 0o6755, 0o755, 0o3700],
  ['go-rwx', 0o600, 0o6700, 0o700, 0o3700],
  ['a+X', 0o644, 0o6755, 0o755, 0o3711],
  ['+x', 0o755, 0o6755, 0o755, 0o3711],
  ['+w', 0o644, 0o6755, 0o755, 0o3700],
  ['-w', 0o444, 0o6555, 0o555, 0o3500],
  ['=rw', 0o644, 0o6644, 0o644, 0o3644],
  ['o=', 0o640, 0o6750, 0o750, 0o3700],
  ['u=rwx,go=rx', 0o755, 0o6755, 0o755, 0o3755],
  ['D755,F644', 0o644, 0o644, 0o755, 0o755],
  ['D2775,F664', 0o664, 0o664, 0o2775, 0o2775],
  ['Dg+s,ug+w,Fo-w,+X', 0o664, 0o6775, 0o2775, 0o3731],
  ['DDu+s', 0o644, 0o6755, 0o4755, 0o7700],
  ['0', 0o0, 0o0, 0o0, 0o0],
  ['00644', 0o644, 0o644, 0o644, 0o644],
  ['7777', 0o7777, 0o7777, 0o7777, 0o7777],
  ['+s', 0o4644, 0o6755, 0o4755, 0o7700],
  ['o+s', 0o4644, 0o6755, 0o4755, 0o7700],
  ['g+s', 0o2644, 0o6755, 0o2755, 0o3700],
  ['a+s', 0o6644, 0o6755, 0o6755, 0o7700],
  ['ug-s', 0o644, 0o755, 0o755, 0o1700],
  ['+t', 0o1644, 0o7755, 0o1755, 0o3700],
  ['u+t', 0o1644, 0o7755, 0o1755, 0o3700],
  ['g=t', 0o1604, 0o5705, 0o1705, 0o1700],
  ['a=s', 0o6000, 0o6000, 0o6000, 0o7000],
  ['+ts', 0o4644, 0o6755, 0o4755, 0o7700],
  ['u+ts', 0o5644, 0o7755, 0o5755, 0o7700],
  ['g=u', 0o664, 0o4775, 0o775, 0o1770],
  ['o=g', 0o644, 0o6755, 0o755, 0o2700],
  ['g-o', 0o604, 0o6705, 0o705, 0o3700],
  ['u+g', 0o644, 0o6755, 0o755, 0o3700],
  ['ug=o', 0o444, 0o555, 0o555, 0o1000],
  ['=u', 0o644, 0o755, 0o755, 0o755],
  ['a=r', 0o444, 0o6444, 0o444, 0o3444],
  ['u=X', 0o44, 0o6155, 0o155, 0o3100],
  ['-X', 0o644, 0o6644, 0o644, 0o3600],
  ['g+Xx', 0o644, 0o6755, 0o755, 0o3710],
  ['Fa-x,Da+X', 0o644, 0o6644, 0o755, 0o3711],
  ['4711,og=X', 0o4700, 0o4711, 0o4711, 0o4711],
  ['F+s,u=t', 0o1044, 0o3055, 0o1055, 0o3000],
];

describe('--chmod', () => {
  it.each(recorded)('%s changes modes as rsync does', (items, ...expected) => {
    const change = modeChange(items.split(','), 0o022);
    const files = [0o644, 0o6755].map((mode) => change(FILE | mode) - FILE);
    const folders = [0o755, 0o3700].map((mode) => change(FOLDER | mode) - FOLDER);
    expect([...files, ...folders]).toEqual(expected);
  });

  it('minds the umask only where nobody is named', () => {
    expect(modeChange(['+rwx'], 0o027)(FILE)).toBe(FILE | 0o750);
    expect(modeChange(['=rwx'], 0o077)(FILE | 0o666)).toBe(FILE | 0o700);
    expect(modeChange(['a+rwx'], 0o027)(FILE)).toBe(FILE | 0o777);
  });

  it('leaves symlinks alone', () => {
    expect(modeChange(['0', 'u+s'], 0)(SYMLINK | 0o777)).toBe(SYMLINK | 0o777);
  });

  it('counts everything but folders as files', () => {
    const fifo = 0o010_644;
    expect(modeChange(['F600', 'D0'], 0)(fifo)).toBe(0o010_600);
  });

  it.each(['', 'u', 'u+q', 'x+u', 'DF644', '888', 'g=ur'])('refuses %j', (item) => {
    expect(() => modeChange([item], 0)).toThrow(UsageError);
  });
});
