import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIST_OPTIONS } from '../../../src/cli/commands/ls.ts';
import { run } from '../../../src/cli/run.ts';
import { bufferIo } from '../../support/buffer-io.ts';
import { EFFECTIVE_IN_PUSH, nameOf, optionSpecs, written } from '../../support/option-effects.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tsersync-options-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Nobody listens there: what is said before a connection is all that is said. */
const NOBODY = 'rsync://127.0.0.1:1/';

async function push(...options: readonly string[]) {
  const io = bufferIo({ folder });
  const exitCode = await run(['push', '-a', ...options, folder, `${NOBODY}m/`], io);
  return { exitCode, errors: io.errors() };
}

async function ls(...options: readonly string[]) {
  const io = bufferIo({ folder });
  const exitCode = await run(['ls', ...options, NOBODY], io);
  return { exitCode, errors: io.errors() };
}

const specsOf = (kind: string) => optionSpecs.filter(({ effect }) => effect.kind === kind);

describe('every option of push', () => {
  it('has its effect, or says that it has none, or is refused', () => {
    const decided = specsOf('set').map(nameOf);
    expect(decided.filter((name) => name !== 'rsh').sort()).toEqual([...EFFECTIVE_IN_PUSH].sort());
  });

  it.each(specsOf('idle').map(written))('that has none is named: %s', async (option) => {
    const { exitCode, errors } = await push(option, option);
    const [note = '', ...others] = errors.split('\n');
    expect(note).toMatch(new RegExp(`^tsersync: ${option.split('=')[0]} has no effect: \\w`));
    expect(others).toEqual([expect.stringContaining('connection refused'), '']);
    expect(exitCode).toBe(10);
    expect((await push('-q', option)).errors).not.toContain('no effect');
  });

  it.each([...specsOf('unsupported').map(written), '-essh'])(
    'that we do not have is refused: %s',
    async (option) => {
      const { exitCode, errors } = await push(option);
      expect(exitCode).toBe(4);
      expect(errors).toMatch(/^tsersync: --?[\w-]+(?: is not supported)?: \w.* \(code 4\)\n$/);
    },
  );

  it('takes of the socket options those that Node.js can set, and names the others', async () => {
    const { exitCode, errors } = await push('--sockopts=TCP_NODELAY=0,SO_KEEPALIVE SO_SNDBUF=65536,foo');
    expect(exitCode).toBe(10);
    expect(errors.split('\n').slice(0, 2)).toEqual([
      'tsersync: --sockopts: SO_SNDBUF has no effect: only TCP_NODELAY and SO_KEEPALIVE can be set here',
      'tsersync: --sockopts: foo has no effect: only TCP_NODELAY and SO_KEEPALIVE can be set here',
    ]);
  });
});

describe('every option of ls', () => {
  const others = optionSpecs.filter(
    (spec) =>
      !LIST_OPTIONS.includes(nameOf(spec)) && spec.effect.kind !== 'unsupported' && nameOf(spec) !== 'rsh',
  );

  it.each(others.map(written))('that means nothing to a list of modules is named: %s', async (option) => {
    const { exitCode, errors } = await ls('-r', option);
    expect(exitCode).toBe(10);
    expect(errors).toMatch(/^tsersync: without effect on a list of modules: -r ?/);
    expect(errors.split('\n')[0]).toContain(option.split('=')[0]);
  });

  it.each(['--timeout=5', '--port=5', '-4', '--sockopts=TCP_NODELAY'])(
    'that it has is not named: %s',
    async (option) => {
      expect((await ls(option)).errors).toMatch(/^tsersync: failed to connect[^\n]*\n$/);
    },
  );
});

describe('-help', () => {
  it.each(['push', 'ls'])('asks %s for its help, wherever it stands', async (command) => {
    const helps = await Promise.all(
      [['--help'], ['-help'], ['-a', '-help', 'x']].map(async (words) => {
        const io = bufferIo();
        return [await run([command, ...words], io), io.out(), io.errors()];
      }),
    );
    expect(helps[1]).toEqual(helps[0]);
    expect(helps[2]).toEqual(helps[0]);
  });

  it('may be the value of another option', async () => {
    expect((await push('--exclude', '-help')).exitCode).toBe(10);
  });
});
