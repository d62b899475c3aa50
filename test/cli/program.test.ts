import { describe, expect, it } from 'vitest';
import { infoFlags } from '../../src/protocol/index.ts';
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
    [['pusch'], "error: unknown command 'pusch'\n(Did you mean push?)\n"],
    [['--verbose'], /^error: unknown option '--verbose'/],
  ])('%j is refused', async (words, expected) => {
    const { exitCode, stderr } = await tsersync(words);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(expected);
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
    expect(stderr).toMatch(/^tsersync: host: no remote shell is started/);
  });

  it('does not start a remote shell', async () => {
    const { exitCode, stderr } = await tsersync(['push', '-e', 'ssh', 'a', 'host::m']);
    expect([exitCode, stderr]).toEqual([
      4,
      'tsersync: -e: no remote shell is started; a daemon is reached without one (code 4)\n',
    ]);
  });
});
