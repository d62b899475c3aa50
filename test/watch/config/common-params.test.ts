import { describe, expect, it } from 'vitest';
import { decisions } from '../../../src/watch/config/common-params.ts';
import { configErrorOf, notesOf, parse } from '../../support/confxml.ts';
import { EFFECTIVE, nameOf, optionSpecs as specs, written } from '../../support/option-effects.ts';

const rsync = (params: string) => ({ rsync: `<commonParams params="${params}"/>` });
const errorOf = (params: string) => configErrorOf(() => parse(rsync(params)));

describe('every option of rsync', () => {
  it('is either effective for a watched tree, or refused, or named in a warning', () => {
    const others = specs.filter(({ effect }) => effect.kind === 'set').map(nameOf);
    const undecided = others.filter((name) => !EFFECTIVE.includes(name) && decisions[name] === undefined);
    const both = EFFECTIVE.filter((name) => decisions[name] !== undefined);
    const unknown = [...EFFECTIVE, ...Object.keys(decisions)].filter((name) => !others.includes(name));
    expect({ undecided, both, unknown }).toEqual({ undecided: [], both: [], unknown: [] });
  });

  it.each(specs.filter(({ effect }) => effect.kind === 'idle').map(written))(
    'that makes no difference anywhere is named: %s',
    (option) => {
      expect(notesOf(rsync(`-a ${option}`))).toEqual([
        expect.stringMatching(new RegExp(`params: ${option.split('=')[0]} has no effect: \\w`)),
      ]);
    },
  );

  it.each(Object.entries(decisions))('that does nothing here is told of: %s', (name, { kind }) => {
    const spec = specs.find((each) => nameOf(each) === name);
    const isNo = name === 'implied-dirs';
    const spelled = `${isNo ? '--no-' : spec?.names[0] === undefined ? '-' : '--'}${name}`;
    const values: Record<string, string> = {
      'stop-after': '5',
      'max-delete': '5',
      stderr: 'all',
      info: 'all',
    };
    const value = spec?.value === undefined ? '' : `=${values[name] ?? (name === 'debug' ? 'none' : 'x')}`;
    const params = `-a ${spelled}${value}`;
    if (kind === 'refused') expect(errorOf(params)).toContain(`${spelled} is not for a watched tree`);
    else expect(notesOf(rsync(params)).join()).toContain(spelled);
  });
});

describe('params', () => {
  it.each([
    ['-a --foo -z', 26, '--foo is not an option of rsync'],
    ['-az --timeout=x', 27, '--timeout'],
    ['-artuz -A', 30, '-A is not supported'],
    ['-a --bwlimit', 26, '--bwlimit needs a value'],
    ['-a /etc/passwd', 26, 'is not an option'],
    ["-az -e 'sshpass -p secret ssh'", 27, '-e is not for a watched tree'],
    ['-az --rsh=ssh', 27, '--rsh is not for a watched tree'],
    ['-azn', 23, '-n is not for a watched tree'],
    ['-az --dry-run', 27, '--dry-run is not for a watched tree'],
    ['-az --help', 27, '--help is not for a watched tree'],
    ['--exclude -n -a -n', 39, '-n is not for a watched tree'],
  ])('that are wrong have line and column: %s', (params, column, message) => {
    const error = errorOf(params);
    expect(error).toContain(message);
    expect(error.startsWith(`c.xml:7:${column}:`), error).toBe(true);
    expect(error).not.toContain('secret');
  });

  it('that are common say nothing', () => {
    expect(notesOf(rsync('-artuz'))).toEqual([]);
    expect(notesOf(rsync("-az --exclude='*.tmp' --bwlimit=100 --no-p"))).toEqual([]);
    expect(notesOf(rsync('-avz --stats'))).toHaveLength(1);
  });
});
