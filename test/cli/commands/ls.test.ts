import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { bufferIo } from '../../support/buffer-io.ts';
import { startHostileServer } from '../../support/hostile-server.ts';

async function listed(said: string, ...options: readonly string[]) {
  await using server = await startHostileServer((peer) => peer.socket.end(said));
  const io = bufferIo();
  const exitCode = await run(['ls', ...options, `rsync://${server.host}:${server.port}/`], io);
  return { exitCode, out: io.out(), errors: io.errors() };
}

describe('ls', () => {
  it('shows the message of the day in front of a refusal', async () => {
    const said = '@RSYNCD: 31.0\nclosed until noon\n@ERROR: max connections (1) reached -- try again later\n';
    const { exitCode, out, errors } = await listed(said);
    expect([exitCode, out]).toEqual([5, 'closed until noon\n']);
    expect(errors).toContain('max connections (1) reached');
    expect((await listed(said, '--no-motd')).out).toBe('');
  });

  it('shows it once in front of the modules', async () => {
    const said = '@RSYNCD: 31.0\nhello\n\none\tfirst\n@RSYNCD: EXIT\n';
    expect(await listed(said)).toEqual({ exitCode: 0, out: 'hello\n\none            \tfirst\n', errors: '' });
  });
});
