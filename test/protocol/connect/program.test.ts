import { describe, expect, it } from 'vitest';
import { listModules } from '../../../src/protocol/client/list-modules.ts';
import { connectProgram } from '../../../src/protocol/connect/program.ts';
import { ConnectProgramError, UnsupportedError, UsageError } from '../../../src/protocol/errors.ts';
import type { Transport } from '../../../src/protocol/stream/transport.ts';

const NODE = `'${process.execPath}'`;

/** A command that runs this text as a program of Node.js. */
const running = (text: string, ...words: string[]) => [`${NODE} -e '${text}'`, ...words].join(' ');
const start = (command: string, host = 'h.example') => connectProgram({ command, host });

async function allOf(transport: Transport): Promise<string> {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = await transport.receive();
    if (chunk === undefined) return Buffer.concat(chunks).toString();
    chunks.push(chunk);
  }
}

describe('a program as a connection', () => {
  it('hears us and is heard, and gets the host as a word', async () => {
    const transport = await start(
      running('process.stdout.write(process.argv[1] + "|"); process.stdin.pipe(process.stdout)', 'to-%H'),
    );
    await transport.send([Buffer.from('a'), Buffer.from('b')]);
    transport.end();
    expect(await allOf(transport)).toBe('to-h.example|ab');
  });

  it('carries more than a pipe holds', async () => {
    const transport = await start(running('process.stdin.pipe(process.stdout)'));
    const sent = transport.send([Buffer.alloc(8 * 1024 * 1024, 'x')]).then(() => transport.end());
    expect(await allOf(transport)).toHaveLength(8 * 1024 * 1024);
    await sent;
  });

  it.each([
    ['exit status 7', 'process.exit(7)'],
    ['signal SIGTERM', 'process.kill(process.pid)'],
  ])('says that it ended with %s', async (how, text) => {
    const transport = await start(running(text));
    await expect(allOf(transport)).rejects.toThrow(ConnectProgramError);
    await expect(transport.receive()).rejects.toThrow(`ended with ${how}`);
  });

  it('says with its exit status why a login failed, and that is no matter of the server', async () => {
    const connection = { connectProgram: running('process.exit(7)') };
    await expect(listModules({ host: 'h' }, connection)).rejects.toMatchObject({
      name: 'ConnectProgramError',
      code: 'ERR_RSYNC_CONNECT_PROGRAM',
      exitCode: 12,
      message: expect.stringContaining('exit status 7'),
    });
  });

  it('is used instead of a proxy, and lists the modules behind it', async () => {
    const daemon = 'process.stdout.write("@RSYNCD: 31.0\\nmod\\tcomment\\n@RSYNCD: EXIT\\n")';
    const list = await listModules({ host: 'h' }, { connectProgram: running(daemon), proxy: 'p:1' });
    expect(list.modules).toEqual([{ name: 'mod', comment: 'comment' }]);
  });

  it('is ended with the connection, and when the caller aborts', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const listing = listModules(
      { host: 'h' },
      { connectProgram: running('setInterval(() => {}, 1000); process.stdout.write("@RSYNCD: 31.0\\n")') },
      { signal: controller.signal },
    );
    controller.abort(reason);
    await expect(listing).rejects.toMatchObject({ name: 'AbortedError', cause: reason });
  });

  it('may not be there', async () => {
    await expect(start('/no/such/program')).rejects.toThrow('/no/such/program cannot be started');
  });

  it('is not started for a text that needs a shell, nor for a host that could be an option', async () => {
    expect(() => start('touch ran; exit 7')).toThrow(UnsupportedError);
    for (const host of ['-oProxyCommand=x', 'a;b', 'a b', "a'b", '$(x)', ''])
      expect(() => start('nc %H 873', host)).toThrow(UsageError);
  });
});
