import { describe, expect, it } from 'vitest';
import { optionTable } from '../../../src/protocol/options/option-table.ts';
import { decisions } from '../../../src/watch/config/common-params.ts';
import { configErrorOf, notesOf, parse } from '../../support/confxml.ts';

const rsync = (params: string) => ({ rsync: `<commonParams params="${params}"/>` });
const errorOf = (params: string) => configErrorOf(() => parse(rsync(params)));

/** Of each, it was decided that a watched tree is sent by it; `idle` ones make no difference anywhere. */
const EFFECTIVE = `recursive inc-recursive from0 one-file-system max-size min-size existing ignore-existing
  prune-empty-dirs filter exclude exclude-from include include-from links copy-links copy-dirlinks copy-unsafe-links
  safe-links munge-links keep-dirlinks hard-links insecure-links archive perms executability chmod owner group
  numeric-ids usermap groupmap chown D devices specials times omit-dir-times omit-link-times atimes open-noatime super
  update ignore-times size-only checksum modify-window fuzzy compare-dest copy-dest link-dest whole-file block-size
  inplace append append-verify sparse preallocate partial partial-dir delay-updates temp-dir backup backup-dir suffix
  fsync mkpath write-devices force ignore-errors checksum-choice checksum-seed compress compress-choice old-compress
  new-compress compress-level skip-compress bwlimit timeout max-alloc port address ipv4 ipv6 contimeout password-file
  early-input remote-option secluded-args old-args protocol`.split(/\s+/);

describe('every option of rsync', () => {
  const specs = optionTable.flatMap(({ options }) => options);
  const nameOf = ({ names, letter = '' }: (typeof specs)[number]) => names[0] ?? letter;

  it('is either effective for a watched tree, or refused, or named in a warning', () => {
    const others = specs.filter(({ effect }) => effect.kind === 'set').map(nameOf);
    const undecided = others.filter((name) => !EFFECTIVE.includes(name) && decisions[name] === undefined);
    const both = EFFECTIVE.filter((name) => decisions[name] !== undefined);
    const unknown = [...EFFECTIVE, ...Object.keys(decisions)].filter((name) => !others.includes(name));
    expect({ undecided, both, unknown }).toEqual({ undecided: [], both: [], unknown: [] });
  });

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
