import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RsyncError, UnsupportedError, UsageError } from '../../../src/protocol/errors.ts';
import { spellings } from '../../../src/protocol/options/option-table.ts';
import { parseOptions } from '../../../src/protocol/options/parse-options.ts';
import { resolveOptions } from '../../../src/protocol/options/resolve-options.ts';
import { caseName, pushCases, refusedCases } from '../../support/recorded-arguments.ts';
import { runs } from '../../support/runs.ts';

function transferOf(...words: string[]) {
  return parseOptions(words).transfer;
}

describe('a command line', () => {
  it('has a limit for what the server allocates, if it is another one than the server has anyway', () => {
    expect(transferOf('--max-alloc=2g')).toEqual({ maxAlloc: '2g' });
    expect(transferOf('--max-alloc=2g', '--max-alloc=1g')).toEqual({});
    expect(transferOf('--max-alloc=0')).toEqual({ maxAlloc: '0' });
    for (const size of ['1', '1023k']) expect(() => transferOf(`--max-alloc=${size}`)).toThrow('at least 1m');
  });

  it('is read as sersync writes it', () => {
    expect(parseOptions(['-artuz', '-R', '--delete', './', 'backup@host::www'])).toEqual({
      transfer: {
        recursive: true,
        links: true,
        perms: true,
        times: true,
        group: true,
        owner: true,
        devices: true,
        specials: true,
        update: true,
        compress: true,
        relative: true,
        delete: 'default',
      },
      connection: {},
      output: {},
      operands: ['./', 'backup@host::www'],
      notes: [],
    });
  });

  it('holds values in all the ways of rsync', () => {
    const ways = [
      ['-B700'],
      ['-B', '700'],
      ['-B=700'],
      ['-vB700'],
      ['--block-size=700'],
      ['--block-size', '700'],
    ];
    expect(ways.map((words) => transferOf(...words).blockSize)).toEqual([700, 700, 700, 700, 700, 700]);
  });

  it('may give a value that looks like an option', () => {
    expect(transferOf('--modify-window', '-1').modifyWindow).toBe(-1);
    expect(transferOf('-@-1').modifyWindow).toBe(-1);
    expect(transferOf('-M--fake-super', '-M', '-x').remoteOptions).toEqual(['--fake-super', '-x']);
    expect(transferOf('--exclude', '--foo').filters).toEqual([{ kind: 'exclude', text: '--foo' }]);
  });

  it('mixes options and operands, until two dashes end the options', () => {
    const { transfer, operands } = parseOptions(['src', '-r', 'host::m', '--', '-v', '--', '-']);
    expect(transfer).toEqual({ recursive: true });
    expect(operands).toEqual(['src', 'host::m', '-v', '--', '-']);
  });

  it('keeps names that are not UTF-8', () => {
    expect(parseOptions(['--backup-dir=\udcd6', '\udcd6\udcd0']).operands).toEqual(['\udcd6\udcd0']);
    expect(transferOf('--backup-dir=\udcd6').backupDir).toBe('\udcd6');
  });

  it('counts what is repeated', () => {
    const { verbose, itemizeChanges, oneFileSystem, fuzzy, atimes } = transferOf(
      '-vvv',
      '-iii',
      '-xx',
      '-y',
      '-UU',
    );
    expect({ verbose, itemizeChanges, oneFileSystem, fuzzy, atimes }).toEqual({
      verbose: 3,
      itemizeChanges: 2,
      oneFileSystem: 2,
      fuzzy: 1,
      atimes: 2,
    });
    expect(parseOptions(['-v', '-h']).output.humanReadable).toBe(2);
    expect(parseOptions(['-hhhh', '-v']).output.humanReadable).toBe(3);
    expect(parseOptions(['--no-h', '-h']).output.humanReadable).toBe(1);
  });

  it('lets the later of two words win', () => {
    expect(transferOf('-a', '--no-o', '--no-perms')).toMatchObject({
      owner: false,
      perms: false,
      group: true,
    });
    expect(transferOf('--no-r', '-a').recursive).toBe(true);
    expect(transferOf('-W', '--no-whole-file').wholeFile).toBe(false);
    expect(transferOf('--timeout=5', '--no-timeout').timeout).toBe(0);
    expect(transferOf('--append-verify', '--append').append).toBe('append');
    expect(transferOf('--append', '--no-append')).toEqual({});
  });

  it('keeps filters in their order, whatever option they come from', () => {
    const words = [
      '--exclude=a',
      '-F',
      '--include-from=f',
      '-C',
      '-f',
      '- b',
      '-F',
      '--exclude-from',
      'g',
      '--include=c',
    ];
    expect(transferOf(...words)).toEqual({
      cvsExclude: true,
      filters: [
        { kind: 'exclude', text: 'a' },
        { kind: 'filter', text: ': /.rsync-filter' },
        { kind: 'include-from', file: 'f' },
        { kind: 'filter', text: '- b' },
        { kind: 'filter', text: '- .rsync-filter' },
        { kind: 'exclude-from', file: 'g' },
        { kind: 'include', text: 'c' },
      ],
    });
  });

  it('does not recurse for -a when the names come from a list', () => {
    expect(transferOf('-a', '--files-from=list').recursive).toBeUndefined();
    expect(transferOf('--files-from=-', '-r', '-a').recursive).toBe(true);
  });

  it('sends folders to old servers by recursion with a rule', () => {
    const rule = { kind: 'filter', text: '- /*/*' };
    expect(transferOf('--old-dirs', '--exclude=a')).toEqual({
      recursive: true,
      filters: [{ kind: 'exclude', text: 'a' }, rule],
    });
    expect(transferOf('--old-d', '--dirs')).toEqual({ dirs: true });
  });

  it('turns --chown into maps', () => {
    expect(transferOf('--chown=u:g')).toEqual({
      usermap: ['*:u'],
      owner: true,
      groupmap: ['*:g'],
      group: true,
    });
    expect(transferOf('--chown=:g', '--no-g')).toEqual({ groupmap: ['*:g'], group: false });
    expect(transferOf('--usermap=a:b,0-99:nobody')).toEqual({ usermap: ['a:b', '0-99:nobody'], owner: true });
  });

  it('collects lists from several words', () => {
    expect(transferOf('--chmod=D755,F644', '--chmod=g=u').chmod).toEqual(['D755', 'F644', 'g=u']);
    expect(transferOf('--link-dest=a', '--link-dest', 'b').linkDest).toEqual(['a', 'b']);
    expect(transferOf('--skip-compress=gz/mp[34]/').skipCompress).toEqual(['gz', 'mp[34]']);
    expect(transferOf('--info=name2,', '--info=none').info).toEqual(['name2', 'none']);
  });

  it('tells how progress is shown', () => {
    const shown = (...words: string[]) => parseOptions(words).output.progress;
    expect(shown('-P')).toBe('file');
    expect(shown('--info=progress2')).toBe('total');
    expect(shown('--info=progress2', '--progress')).toBe('total');
    expect(shown('--progress', '--info=none')).toBeUndefined();
    expect(shown('--progress', '--no-progress')).toBeUndefined();
  });

  it('says how the server is reached', () => {
    const words = [
      '-4',
      '--port=8730',
      '--contimeout=5',
      '--password-file=p',
      '--early-input=e',
      '--address=::1',
    ];
    expect(
      parseOptions([
        ...words,
        '-e',
        'ssh -p 1',
        '--least-digest=sha256',
        '--login-timeout=7',
        '--sockopts=TCP_NODELAY=0',
      ]).connection,
    ).toEqual({
      family: 4,
      port: 8730,
      contimeout: 5,
      passwordFile: 'p',
      earlyInput: 'e',
      address: '::1',
      rsh: 'ssh -p 1',
      leastDigest: 'sha256',
      loginTimeout: 7,
      noDelay: false,
    });
  });

  it('may ask a question instead', () => {
    const asked = (...words: string[]) => parseOptions(words).output.show;
    expect(asked('--help')).toBe('help');
    expect(asked('-h')).toBe('help');
    expect(asked('-h', '-v')).toBeUndefined();
    expect(asked('-V')).toBe('version');
    expect(asked('--info=help')).toBe('info-help');
    expect(asked('--debug=name,HELP'.replace('name,', ''))).toBe('debug-help');
    expect(asked('-A', '--help', '--bogus')).toBe('help');
  });
});

describe('variables of the environment', () => {
  it('prefer algorithms; what follows & is for servers', () => {
    const { transfer } = parseOptions(['-z'], {
      RSYNC_CHECKSUM_LIST: 'md5  xxh64 & sha1',
      RSYNC_COMPRESS_LIST: 'zlibx',
    });
    expect(transfer).toEqual({ compress: true, checksumList: ['md5', 'xxh64'], compressList: ['zlibx'] });
    const none = parseOptions([], { RSYNC_CHECKSUM_LIST: ' & md5', RSYNC_COMPRESS_LIST: '' });
    expect(none.transfer).toEqual({});
  });

  it('say where --partial keeps files, but do not turn it on', () => {
    const environment = { RSYNC_PARTIAL_DIR: 'p' };
    expect(parseOptions(['--partial'], environment).transfer).toEqual({ partial: true, partialDir: 'p' });
    expect(parseOptions(['-r'], environment).transfer).toEqual({ recursive: true });
    expect(parseOptions(['--partial', '--inplace'], environment).transfer.partialDir).toBeUndefined();
  });

  it('carry the password and the proxy', () => {
    const environment = { RSYNC_PASSWORD: 'secret', RSYNC_PROXY: 'proxy:8080' };
    expect(parseOptions([], environment).connection).toEqual({ password: 'secret', proxy: 'proxy:8080' });
  });

  it('leave the password to the file that is named', () => {
    const { connection } = parseOptions(['--password-file=f'], { RSYNC_PASSWORD: 'secret' });
    expect(connection).toEqual({ passwordFile: 'f' });
  });

  it('ask for a conversion of names that is not done', () => {
    expect(() => parseOptions([], { RSYNC_ICONV: 'utf8' })).toThrow(UnsupportedError);
    expect(parseOptions(['--no-iconv'], { RSYNC_ICONV: 'utf8' }).transfer).toEqual({});
  });
});

describe('a bad command line', () => {
  it.each(refusedCases.map((one) => [caseName(one), one] as const))('ends as with rsync: %s', (_, one) => {
    const expected = one.ours ?? one.exitCode;
    let thrown: unknown;
    try {
      parseOptions(one.options, one.environment);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(RsyncError);
    expect((thrown as RsyncError).exitCode).toBe(expected);
    expect(one.ours === undefined).toBe(one.reason === undefined);
  });

  it.each([
    ['--delet', '--delet is not an option of rsync; did you mean --delete?'],
    ['--exlcude=x', '--exlcude is not an option of rsync; did you mean --exclude?'],
    ['--no-onwer', '--no-onwer is not an option of rsync; did you mean --no-owner?'],
    ['--entirely-unknown', '--entirely-unknown is not an option of rsync'],
    ['--timeout', '--timeout needs a value: SECONDS'],
    ['--archive=1', "--archive takes no value: '1'"],
    ['--timeout=5s', "--timeout: '5s' is not a whole number"],
    ['--port=70000', "--port: '70000' is not in [1, 65535]"],
    ['-B1x', "-B: '1x' is not a size such as 700, 1.5m, 10GB or 64k-1"],
    ['--stderr=x', "--stderr: 'x' is not one of errors, all, client"],
    ['--usermap=a', "--usermap: 'a' is not a list of FROM:TO pairs"],
    [
      '--cc=blake3',
      "--cc: 'blake3' is not supported; there are auto, xxh128, xxh3, xxh64, xxhash, md5, md4, sha1, none",
    ],
    ['-aA', '-A is not supported: ACLs are not kept; leave it out, or use rsync for trees that need them'],
  ])('is answered with what is wrong and what would be right: %s', (word, message) => {
    expect(() => parseOptions([word])).toThrow(message);
  });

  it('prefers a mistake to what is not supported', () => {
    expect(() => parseOptions(['-A', '--bogus'])).toThrow(UsageError);
    expect(() => parseOptions(['-A', '-X', '--no-A'])).toThrow('-X is not supported');
    expect(parseOptions(['-AX', '--no-A', '--no-xattrs']).transfer).toEqual({});
  });
});

describe('any words', () => {
  const known = [...spellings.keys(), ...pushCases.flatMap(({ options }) => options)];
  const word = fc.oneof(
    fc.constantFrom(...known),
    fc
      .tuple(fc.constantFrom(...known), fc.string({ unit: 'binary', maxLength: 8 }))
      .map(([a, b]) => `${a}=${b}`),
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ maxLength: 12 }).map((text) => `-${text}`),
    fc.constantFrom('--__proto__', '--constructor=x', '---r', '--', '-', '', '\udcff'),
  );

  it('are options, or an error of ours', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => {
        try {
          expect(parseOptions(words)).toHaveProperty('transfer');
        } catch (error) {
          expect(error).toBeInstanceOf(RsyncError);
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it('mean the same when what follows from them is derived twice', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...known), { maxLength: 5 }), (words) => {
        let given: ReturnType<typeof parseOptions>;
        try {
          given = parseOptions(words);
        } catch {
          return;
        }
        if (given.output.show !== undefined) return;
        const once = resolveOptions(given.transfer);
        expect(resolveOptions(once)).toEqual(once);
      }),
    );
  });
});

describe('variables about the connection', () => {
  it('name a program that stands for it', () => {
    const environment = { RSYNC_CONNECT_PROG: 'nc %H 873' };
    expect(parseOptions([], environment).connection.connectProgram).toBe('nc %H 873');
    // An empty one connects nobody, with rsync too: it never means a direct connection.
    expect(parseOptions([], { RSYNC_CONNECT_PROG: '' }).connection.connectProgram).toBe('');
  });

  it('name a shell, which is not started', () => {
    const environment = { RSYNC_CONNECT_PROG: 'nc %H 873', RSYNC_SHELL: '/bin/sh' };
    expect(() => parseOptions([], environment)).toThrow('RSYNC_SHELL is not supported');
    expect(parseOptions(['--help'], environment).output.show).toBe('help');
    expect(parseOptions([], { RSYNC_SHELL: '/bin/sh' }).connection).toEqual({});
  });

  it('switch secluded arguments off if they say anything at all', () => {
    const secluded = (old: string | undefined) =>
      parseOptions([], { RSYNC_PROTECT_ARGS: '1', RSYNC_OLD_ARGS: old }).transfer.secludedArgs === true;
    expect([undefined, '', '0', '1', 'x'].map(secluded)).toEqual([true, true, false, false, false]);
  });
});
