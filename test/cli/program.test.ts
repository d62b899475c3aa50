import { describe, expect, it } from 'vitest';
import { infoFlags } from '../../src/protocol/internal.ts';
import { tsersync } from '../support/tsersync-client.ts';

describe('the command line', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('%j shows the commands', async (words) => {
    const { exitCode, stdout } = await tsersync(words);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: tsersync /);
    expect(stdout).toMatch(/^ {2}push +\S.*\n {2}ls +\S/m);
  });

  it.each([[['--version']], [['-V']]])('%j shows the version', async (words) => {
    expect(await tsersync(words)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each([
    [['pusch'], 'pusch is not a command; did you mean push?'],
    [['sync'], 'sync is not a command; see tsersync --help'],
    [['help', 'daemon'], 'daemon is not a command; see tsersync --help'],
    [['--verbose'], '--verbose is not an option; see tsersync --help'],
    [['--verson'], '--verson is not an option; did you mean --version?'],
    [['-version'], '-version is not an option; did you mean --version?'],
    [['--dro', 'confxml.xml'], '--dro is not an option; did you mean -dro?'],
    [['--r'], '--r is not an option; did you mean -r?'],
    [['-ro'], '-o needs a value: <file>'],
    [['-r', 'confxml.xml'], "'confxml.xml' is too much; a config is named with -o FILE"],
    [['-n', '0'], '-n: 0 is not a number from 1 to 100'],
    [['-n', '101'], '-n: 101 is not a number from 1 to 100'],
    [['-n10x'], "-n: '10x' is not a whole number"],
    [['--bad\u001b[31m'], '--bad\\#033[31m is not an option; see tsersync --help'],
  ])('%j is refused in the words of all errors', async (words, expected) => {
    const { exitCode, stdout, stderr } = await tsersync(words);
    expect([exitCode, stdout, stderr]).toEqual([1, '', `tsersync: ${expected} (code 1)\n`]);
  });

  it.each([
    ['-rdo', 'confxml.xml'],
    ['-dro', 'confxml.xml'],
    ['-r', '-d', '-oconfxml.xml'],
    ['-dn10o', 'confxml.xml'],
  ])('takes the clusters of sersync, as in %j %j', async (...words) => {
    const { exitCode, stderr } = await tsersync(words);
    const isNumber = words[0] === '-dn10o';
    expect([exitCode, stderr]).toEqual(
      isNumber
        ? [1, "tsersync: -n: '10o' is not a whole number (code 1)\n"]
        : [4, expect.stringMatching(/^tsersync: -d: tsersync does not leave the terminal yet/)],
    );
  });

  it.each(['-help', '-hdro', '-rh', '-dh'])('%s shows the commands', async (word) => {
    expect(await tsersync([word, 'confxml.xml'])).toEqual(await tsersync(['--help']));
  });

  it('shows one default of each option', async () => {
    const { stdout } = await tsersync(['--help']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/-o <file> [^()]*\(default: confxml\.xml\) -n/);
  });

  it.each(['push', 'ls'])('help %s is %s --help', async (command) => {
    expect(await tsersync(['help', command])).toEqual(await tsersync([command, '--help']));
  });

  it('shows for ls what concerns it', async () => {
    const { stdout } = await tsersync(['ls', '--help']);
    expect(stdout).toMatch(/^Usage: tsersync ls \[OPTION\]/);
    expect(stdout).toMatch(/^ {6}--contimeout=SECONDS /m);
    expect(stdout).not.toMatch(/--delete|--recursive|--links/);
  });

  it.each([
    [undefined, 80],
    ['60', 60],
    ['100', 100],
    ['nonsense', 80],
  ])('keeps within COLUMNS=%s: %i characters', async (columns, width) => {
    const environment = columns === undefined ? {} : { COLUMNS: columns };
    for (const words of [['--help'], ['push', '--help'], ['ls', '--help'], ['push', '--info=help']]) {
      const { stdout } = await tsersync(words, { environment });
      expect(stdout.split('\n').filter((line) => line.length > width)).toEqual([]);
    }
  });

  it.each([[['push', '--help']], [['push', '-h']]])('%j shows the options of rsync', async (words) => {
    const { exitCode, stdout } = await tsersync(words);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Usage: tsersync push \[OPTION\]\.\.\. SOURCE\.\.\. rsync:/);
    expect(stdout).toMatch(/^ {2}-z, --compress +compress file data/m);
  });

  it.each([[['push', '--version']], [['ls', '-V']]])('%j shows the versions', async (words) => {
    const { stdout } = await tsersync(words);
    expect(stdout).toMatch(/^tsersync \d+\.\d+\.\d+, rsync protocol version 32\n$/);
  });

  it('explains the flags of --info and --debug', async () => {
    const { stdout } = await tsersync(['push', '--info=help']);
    for (const flag of infoFlags) expect(stdout).toMatch(new RegExp(`^  ${flag} +\\S`, 'm'));
    expect((await tsersync(['push', '--debug=help'])).stdout).toMatch(/^ {2}DELTASUM$/m);
  });

  it('hands everything behind the command to it, also what looks like an option of the program', async () => {
    const { stderr } = await tsersync(['push', '--', '--version', 'host:path']);
    expect(stderr).toMatch(/^tsersync: host: a single colon means a remote shell/);
  });

  it('does not start a remote shell', async () => {
    const { exitCode, stderr } = await tsersync(['push', '-e', 'ssh', 'a', 'host::m']);
    expect([exitCode, stderr]).toEqual([
      4,
      'tsersync: -e: no remote shell is started; a daemon is reached without one (code 4)\n',
    ]);
  });
});
