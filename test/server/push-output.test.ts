import { execFileSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeTree, plantTree } from '../support/planted-tree.ts';
import { NO_DELAY, rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { tsersync } from '../support/tsersync-client.ts';

const SEED = 4711;

let folder: string;
let rsyncd: Rsyncd;
let lastCase = 0;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-output-')));
  plantTree(join(folder, 'before'), SEED);
  execFileSync('cp', ['-a', join(folder, 'before'), join(folder, 'after')]);
  changeTree(join(folder, 'after'), SEED);
  rsyncd = await startRsyncd({
    motd: 'Mind the gap.\n',
    lines: [NO_DELAY],
    modules: [{ name: 'theirs' }, { name: 'ours' }, { name: 'locked', authUsers: { backup: 'sesame' } }],
  });
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Outputs {
  readonly theirs: string;
  readonly ours: string;
}

/** Pushes both trees, one after the other, with both clients; `environment` is what both get. */
async function outputs(line: string, environment: Readonly<Record<string, string>> = {}): Promise<Outputs[]> {
  lastCase += 1;
  const results: Outputs[] = [];
  for (const tree of ['before', 'after']) {
    const words = (module: string) => [
      ...line.replaceAll('LOG', join(folder, `log-${module}-${lastCase}`)).split(' '),
      `${join(folder, tree)}/`,
      rsyncd.url(module, `${lastCase}/`),
    ];
    const [theirs, ours] = await Promise.all([
      rsync(words('theirs'), { environment, encoding: 'latin1', noDelay: true }),
      tsersync(['push', ...words('ours')], { environment }),
    ]);
    // How each has ended stands in words of its own.
    const errors = (text: string) => text.split('\n').slice(0, -2).sort();
    expect([ours.exitCode, errors(ours.stderr)]).toEqual([theirs.exitCode, errors(theirs.stderr)]);
    results.push({ theirs: theirs.stdout, ours: ours.stdout });
  }
  return results;
}

/** Takes out what depends on the transport and the clock. */
function masked(text: string): string[] {
  const masks: ReadonlyArray<readonly [RegExp, string]> = [
    [/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\d+\] /, 'NOW [PID] '],
    [/\bsent \S+ bytes {2}received \S+ bytes {2}(?:\S+ bytes\/sec)?/, 'sent N bytes  received N bytes  '],
    [/speedup is \S+/, 'speedup is N'],
    [/\b(Total bytes (?:sent|received)|File list (?:generation|transfer) time): .*/, '$1: N'],
    [/ +[\d.]+[kMG]B\/s +\d+:\d\d:\d\d/, ' N/s'],
    // Named after the module, and told before the message of the day.
    [/^(?:sending daemon|protected) args:.*/, ''],
    // About what goes on inside rsync: its table of hashes, and its memory.
    [/ hash_hits=\d+ /, ' hash_hits=N '],
    [/^\[sender\] (?:expand|hiding).*/, ''],
  ];
  return text.split('\n').map((line) => {
    const visible = line.slice(line.lastIndexOf('\r') + 1);
    return masks.reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), visible);
  });
}

function sorted(lines: readonly string[]): string[] {
  return lines.filter((line) => line !== '').sort();
}

/** What the server says of its own accord. */
const MESSAGE = /^(?:cannot delete|could not|created directory|skipping)/;

/** The lines in their order, and behind them the messages of the server, which overtake its requests. */
function ordered(lines: readonly string[]): string[] {
  const messages = lines.filter((line) => MESSAGE.test(line));
  return [...lines.filter((line) => !MESSAGE.test(line)), ...sorted(messages)];
}

/** Of the line about the whole transfer each message of the server leaves a copy behind, at a moment of its own. */
function withoutCopies(lines: readonly string[]): string[] {
  const isProgress = (line: string) => / N\/s(?: |$)/.test(line);
  const last = lines.findLastIndex(isProgress);
  return lines.filter((line, index) => index === last || !isProgress(line));
}

describe('what a push prints, line by line', () => {
  it.each([
    '-a',
    '-av',
    '-avi',
    '-avn',
    '-aq',
    '-avq --stats',
    '-a --stats',
    '-avh --stats',
    '-avhh --stats',
    '-av --no-h --stats',
    '-avH --stats',
    '-ani --stats',
    '-av --no-inc-recursive --stats',
    '-av --protocol=27 --stats',
    '-av --protocol=29 --stats',
    '-a --progress',
    '-ah --progress',
    '-ai --progress',
    '-an --progress',
    '-av --progress --no-inc-recursive',
    '-a --info=progress --no-motd',
    '-a --info=progress2',
    '-av --info=progress2 --no-inc-recursive',
    '-a --info=flist2,name,stats2',
    '-a --info=flist2 --no-inc-recursive',
    '-av --info=name0,flist0',
    '-v --info=nonreg0 -rt',
    '-rt',
    '-a --no-motd --out-format=%n',
    '-a --out-format=%o_%f_%10l_%-12n_%%_%m_%h%a%u%P%x%',
    "-a --cc=md5 --out-format=%'l_%''l_%'''l_%'14b|%'-9c|%-'9c|",
    '-a --cc=xxh64 --out-format=%C_%b_%c_%n',
    '-a --cc=xxh3 --out-format=%C_%b_%c_%n',
    '-a --out-format=%C_%n',
    '-ac --cc=md5,xxh128 --out-format=%C_%n',
    '-ac --cc=md5 --out-format=%C_%n',
    '-anc --cc=xxh64 --out-format=%C_%n',
    '-a --protocol=29 --out-format=%C_%b_%c_%n',
    '-a --cc=md5 --progress --out-format=%b_%n',
    '-a --out-format=%M_%U_%G_%B_%i',
    '-a --out-format=',
    '-ai -8',
  ])('with %s', async (line) => {
    for (const { theirs, ours } of await outputs(line)) {
      const shown = (text: string) => {
        const lines = ordered(masked(text));
        return line.includes('progress2') ? withoutCopies(lines) : lines;
      };
      expect(shown(ours)).toEqual(shown(theirs));
    }
  });

  // Where names are not bytes: what is UTF-8 is shown as it is.
  it('with -ai in a terminal that shows UTF-8', async () => {
    const [first] = await outputs('-ai', { LC_ALL: 'C.UTF-8' });
    expect(first?.ours).toContain(Buffer.from('names/ümläut').toString('latin1'));
    expect(ordered(masked(first?.ours ?? ''))).toEqual(ordered(masked(first?.theirs ?? '')));
  });
});

/** Deletions overtake requests, too, and where much is told lines of all kinds do. */
describe('what a push prints, in any order', () => {
  it.each([
    '-avv',
    '-avvi',
    '-aii --delete',
    '-av --delete',
    '-av --delete --info=del0',
    '-a --delete --info=name',
    '-a --delete --info=del',
    '-a --delete --out-format=%n',
    '-a --cc=md5 --delete --out-format=%o_%n_%l_%b_%M_%U_%B_%f',
    '-a --delete --out-format=',
    '-a --delete --stats',
    '-av --delete --protocol=28',
    '-ai --delete --protocol=28',
    '-aHii --link-dest=../1',
    '-ayi',
    '-a --stderr=client -v',
  ])('with %s', async (line) => {
    for (const { theirs, ours } of await outputs(line)) {
      expect(sorted(masked(ours))).toEqual(sorted(masked(theirs)));
    }
  });
});

describe('the log of a push', () => {
  /** Without how it ended, and without names of which rsync escapes single bytes of a character. */
  const logOf = (module: string) => {
    const text = readFileSync(join(folder, `log-${module}-${lastCase}`), 'latin1');
    return sorted(masked(text).filter((line) => !/\(code \d+\)|names\/[æð]/.test(line)));
  };

  it.each([
    '-a --log-file=LOG',
    '-a --delete --log-file=LOG',
    '-av --log-file=LOG',
    '-aq --log-file=LOG',
    '-ai --stats --log-file=LOG',
    '-a --delete --log-file=LOG --log-file-format=%o_%n_%l',
    '-av --delete --log-file=LOG --log-file-format=',
  ])('with %s', async (line) => {
    for (const { theirs, ours } of await outputs(line)) {
      expect(sorted(masked(ours))).toEqual(sorted(masked(theirs)));
    }
    expect(logOf('ours')).toEqual(logOf('theirs'));
  });
});

/** Pushes words in front of a destination of its own with both clients. */
async function pushed(words: readonly string[]): Promise<Outputs> {
  lastCase += 1;
  const to = (module: string) => [...words, rsyncd.url(module, `${lastCase}/`)];
  const theirs = await rsync(to('theirs'), { encoding: 'latin1', noDelay: true });
  const ours = await tsersync(['push', ...to('ours')]);
  expect(ours.exitCode).toBe(theirs.exitCode);
  return { theirs: theirs.stdout, ours: ours.stdout };
}

describe('what is said about the file list', () => {
  const listed = () => join(folder, 'listed');

  beforeAll(() => {
    mkdirSync(join(listed(), 'sub'), { recursive: true });
    for (const name of ['f', 'sub/g', 'list']) writeFileSync(join(listed(), name), 'f\nsub\n');
  });

  const forms = [
    ['f'],
    ['sub', 'f'],
    ['sub/'],
    ['-R', './f'],
    ['-R', 'sub/./g'],
    ['-d', 'sub/'],
    ['-d', 'f'],
    ['-r', 'f'],
    ['-r', 'sub'],
    ['-r', '--no-inc-recursive', 'sub'],
    ['-r', '--protocol=29', 'f'],
    ['-d', '--no-dirs', 'f'],
    ['--protocol=29', 'f'],
    ['--list-only', 'f'],
    ['--files-from=list', '.'],
    ['--files-from=list', '--no-dirs', '.'],
    ['-r', '--files-from=list', '.'],
    ['--progress', '--no-dirs', 'f'],
    ['-n', 'f'],
    ['none', 'f'],
  ];
  const levels = ['-tv', '-tvv', '-tq', '-ti', '-t --info=flist', '-t --info=flist2', '-tv --info=flist0'];

  const cases = levels.flatMap((level) => forms.map((form) => [level, form] as const));

  it.each(cases)('with %s %j', async (level, form) => {
    const place = listed();
    const words = form.map((word) => {
      if (word.startsWith('--files-from=')) return `--files-from=${place}/list`;
      return word.startsWith('-') ? word : `${place}/${word}`;
    });
    const { theirs, ours } = await pushed([...level.split(' '), ...words]);
    const lines = (text: string) => masked(text).filter((line) => line !== '');
    expect(lines(ours)).toEqual(lines(theirs));
  });
});

describe('names of one file', () => {
  let place: string;

  beforeAll(() => {
    place = join(folder, 'linked');
    mkdirSync(join(place, 'sub'), { recursive: true });
    writeFileSync(join(place, 'f'), 'content');
    symlinkSync('f', join(place, 's1'));
    symlinkSync('nowhere', join(place, 'lone'));
    for (const [from, to] of [
      ['f', 'g'],
      ['f', 'sub/h'],
      ['s1', 's2'],
      ['s1', 'sub/s3'],
    ] as const)
      linkSync(join(place, from), join(place, to));
    for (const module of ['theirs', 'ours'])
      execFileSync('cp', ['-a', place, join(rsyncd.modulePath(module), 'linked')]);
  });

  it.each([
    '-aH',
    '-aHv',
    '-aHi',
    '-aHvv',
    '-aHii',
    '-vvplrtH',
    '-aHn --out-format=%i_%n%L',
    '-rltpDH --out-format=%n%L',
    '-aHi --protocol=29',
    '-aHv --no-inc-recursive',
    ...['link', 'copy', 'compare'].flatMap((kind) =>
      [
        '-aH',
        '-aHv',
        '-aHi',
        '-vvplrtH',
        '-aHii',
        '-rltpDHi --out-format=%n%L',
        '-aHvv --no-inc-recursive',
      ].map((line) => `${line} --${kind}-dest=../linked`),
    ),
  ])('with %s', async (line) => {
    const { theirs, ours } = await pushed([...line.split(' '), `${place}/`]);
    expect(sorted(masked(ours))).toEqual(sorted(masked(theirs)));
  });
});

describe('what a push tells of its own work', () => {
  let place: string;

  beforeAll(() => {
    place = join(folder, 'searched');
    const content = Array.from({ length: 20_000 }, (_, line) => `line ${line ** 2}\n`);
    mkdirSync(place);
    writeFileSync(join(place, 'big'), content.join(''));
    writeFileSync(join(place, 'small'), 'x');
    for (const module of ['theirs', 'ours']) {
      mkdirSync(join(rsyncd.modulePath(module), 'searched'));
      writeFileSync(
        join(rsyncd.modulePath(module), 'searched/big'),
        content.toSpliced(7000, 9, 'changed\n').join(''),
      );
    }
  });

  it.each([
    '-avv',
    '-avvn',
    '-avvs',
    '-avvW',
    '-avvq',
    '-avv --debug=NONE',
    '-avv --debug=deltasum0',
    '-a --debug=deltasum',
    '-a --debug=proto,connect',
    '-a --debug=nstr',
    '-az --debug=nstr',
    '-azz --debug=nstr',
    '-az --debug=nstr --compress-level=7',
    '-az --debug=nstr --compress-choice=zlib',
    '-a --debug=nstr --checksum-choice=md5',
    '-a --debug=nstr,proto --protocol=30',
    '-a --debug=nstr,proto --protocol=29',
    '-a --debug=acl,backup,bind,del3,dup,fuzzy,genr,hash,hlink,iconv,own,recv,time,flist,io',
  ])('with %s', async (line) => {
    const run = (module: string) => [...line.split(' '), `${place}/`, rsyncd.url(module, 'searched/')];
    const restore = () => {
      for (const module of ['theirs', 'ours'])
        execFileSync('touch', ['-d', '2001-01-01', join(rsyncd.modulePath(module), 'searched/big')]);
    };
    restore();
    const theirs = await rsync(run('theirs'), { encoding: 'latin1', noDelay: true });
    const ours = await tsersync(['push', ...run('ours')]);
    expect([ours.exitCode, ours.stderr]).toEqual([theirs.exitCode, theirs.stderr]);
    expect(sorted(masked(ours.stdout))).toEqual(sorted(masked(theirs.stdout)));
  });

  it.each([
    ['send', 'SEND'],
    ['io2', 'IO2'],
    ['flist2,exit', 'FLIST2,EXIT'],
    ['deltasum2', 'DELTASUM2'],
    ['all', 'CHDIR,EXIT,FILTER,SEND'],
  ])('refuses --debug=%s, of which rsync alone has the lines', async (words, names) => {
    const { exitCode, stdout, stderr } = await tsersync([
      'push',
      `--debug=${words}`,
      place,
      rsyncd.url('ours'),
    ]);
    expect([exitCode, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(
      new RegExp(`^tsersync: --debug=${names}: .* CMD, CONNECT, DELTASUM, NSTR and PROTO`),
    );
  });

  it('does not refuse what is turned off again', async () => {
    const words = ['push', '-a', '--debug=all', '--debug=none', `${place}/`, rsyncd.url('ours', 'off/')];
    expect(await tsersync(words)).toEqual({ exitCode: 0, stdout: 'Mind the gap.\n\n', stderr: '' });
  });
});

it.each([
  ['an unknown module', 'nowhere', []],
  ['a wrong password', 'locked', []],
  ['an unknown module, but not with --no-motd', 'nowhere', ['--no-motd']],
])('shows the message of the day in front of the refusal of %s', async (_, module, words) => {
  const url = rsyncd.url('ours').replace('/ours', `/${module}`).replace('rsync://', 'rsync://backup@');
  const all = ['-av', ...words, join(folder, 'before'), url];
  const theirs = await rsync(all, { encoding: 'latin1', password: 'guessed' });
  const ours = await tsersync(['push', ...all], { password: 'guessed' });
  expect([ours.exitCode, ours.stdout]).toEqual([theirs.exitCode, theirs.stdout]);
  expect(ours.stdout).toBe(words.length === 0 ? 'Mind the gap.\n\n' : '');
});

it('tells the size of a sparse file of 5 GiB without reading it', async () => {
  const file = join(folder, 'sparse');
  writeFileSync(file, '');
  truncateSync(file, 5 * 2 ** 30 + 7);
  const words = ['-an', '--stats', '--out-format=%n %l', file];
  const theirs = await rsync([...words, rsyncd.url('theirs')], { encoding: 'latin1' });
  const ours = await tsersync(['push', ...words, rsyncd.url('ours')]);
  expect(ours.stdout).toContain('sparse 5368709127\n');
  expect(masked(ours.stdout)).toEqual(masked(theirs.stdout));
});
