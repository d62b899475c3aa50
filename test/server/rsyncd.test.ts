import {
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';

let source: string;
let rsyncd: Rsyncd;

beforeAll(async () => {
  source = mkdtempSync(join(tmpdir(), 'tsersync-source-'));
  writeFileSync(join(source, 'a.txt'), 'hello');
  writeFileSync(join(source, 'b.bak'), 'old');
  rsyncd = await startRsyncd({
    motd: 'Mind the gap.\n',
    lines: ['socket options = SO_KEEPALIVE'],
    modules: [
      { name: 'inbox', comment: 'open to all' },
      { name: 'secret', authUsers: { alice: 'opensesame', bob: 'x y' }, list: false },
      { name: 'museum', readOnly: true },
      { name: 'strict', refuseOptions: ['delete', 'checksum'] },
      { name: 'picky', exclude: ['*.bak', '*.tmp'] },
      { name: 'elsewhere', hostsDeny: ['*'] },
      { name: 'two words', lines: ['path = /nowhere'] },
    ],
  });
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(source, { recursive: true });
});

describe('a real rsync daemon for tests', () => {
  it('lists its modules below the message of the day', async () => {
    const { stdout } = await rsync([`rsync://${rsyncd.host}:${rsyncd.port}/`]);
    const lines = stdout.split('\n').map((line) => line.trimEnd());
    expect(lines.slice(0, 4)).toEqual(['Mind the gap.', '', 'inbox          \topen to all', 'museum']);
    expect(stdout).not.toContain('secret');
  });

  it('stores what is pushed where the test can see it', async () => {
    expect(await rsync(['-a', `${source}/`, rsyncd.url('inbox', 'deep/')])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(rsyncd.modulePath('inbox'), 'deep/a.txt'), 'utf8')).toBe('hello');
  });

  it('stores the owner when the tests run as root, and symbolic links as they are', async () => {
    const uid = process.getuid?.() === 0 ? 12345 : process.getuid?.();
    symlinkSync('some/where', join(source, 'link.bak'));
    lchownSync(join(source, 'link.bak'), uid ?? 0, process.getgid?.() ?? 0);
    await rsync(['-a', join(source, 'link.bak'), rsyncd.url('inbox')]);
    const stored = join(rsyncd.modulePath('inbox'), 'link.bak');
    expect(readlinkSync(stored)).toBe('some/where');
    expect(lstatSync(stored).uid).toBe(uid);
  });

  it('lets in who knows the password, and nobody else', async () => {
    writeFileSync(join(rsyncd.modulePath('secret'), 'treasure'), 'gold');
    const listed = await rsync([rsyncd.url('secret', '', 'bob')], { password: 'x y' });
    expect(listed.stdout).toMatch(/ treasure$/m);
    const refused = await rsync([rsyncd.url('secret', '', 'alice')], { password: 'guess' });
    expect(refused).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('auth failed on module secret'),
    });
    expect(rsyncd.log()).toContain('auth failed on module secret');
  });

  it('refuses to write to a read-only module', async () => {
    const { exitCode, stderr } = await rsync(['-a', `${source}/`, rsyncd.url('museum')]);
    expect(stderr).toContain('module is read only');
    expect(exitCode).not.toBe(0);
    expect(readdirSync(rsyncd.modulePath('museum'))).toEqual([]);
  });

  it('refuses options', async () => {
    const { stderr } = await rsync(['-a', '--checksum', `${source}/`, rsyncd.url('strict')]);
    expect(stderr).toContain('The server is configured to refuse --checksum');
  });

  it('leaves out what the module excludes', async () => {
    await rsync(['-a', `${source}/`, rsyncd.url('picky')]);
    expect(readdirSync(rsyncd.modulePath('picky'))).toEqual(['a.txt']);
  });

  it('turns hosts away', async () => {
    const { stderr } = await rsync([rsyncd.url('elsewhere')]);
    expect(stderr).toContain('access denied to elsewhere');
  });

  it('takes further lines for a module, and names with spaces', async () => {
    const { stderr } = await rsync([rsyncd.url('two words')]);
    expect(stderr).toMatch(/ch(?:root|dir) failed/);
    expect(() => rsyncd.modulePath('three words')).toThrow('no module three words');
  });

  it('tells its version as rsync does', () => {
    expect(rsyncd.version).toMatch(/^3\.\d+\.\d+$/);
  });

  it('can die with its sessions and come back on the same port with its files', async () => {
    await using daemon = await startRsyncd({ modules: [{ name: 'one', maxConnections: 1 }] });
    writeFileSync(join(daemon.modulePath('one'), 'kept'), '');
    const session = await openSession(daemon.port, 'one');
    expect((await rsync([daemon.url('one')])).stderr).toContain('max connections (1) reached');

    await daemon.stop();
    await session.closed;
    expect(await isListening(daemon.port)).toBe(false);

    await daemon.start();
    expect((await rsync([daemon.url('one')])).stdout).toMatch(/ kept$/m);
    expect(daemon.log().match(/rsyncd version \S+ starting/g)).toHaveLength(2);
  });

  it('is not fooled by a stranger who greets like it on its port', async () => {
    await using daemon = await startRsyncd({ modules: [] });
    await daemon.stop();
    const stranger = createServer((socket) => socket.end('@RSYNCD: 31.0\n'));
    await new Promise<void>((resolve) => stranger.listen(daemon.port, '127.0.0.1', resolve));
    await expect(daemon.start()).rejects.toThrow(/address already in use|port is already allocated/i);
    await new Promise((resolve) => stranger.close(resolve));
    await daemon.start();
  });

  it('leaves nothing behind', async () => {
    const daemon = await startRsyncd({ modules: [{ name: 'one' }] });
    const folder = daemon.modulePath('one');
    mkdirSync(join(folder, 'sub'));
    await daemon[Symbol.asyncDispose]();
    expect(existsSync(folder)).toBe(false);
    expect(await isListening(daemon.port)).toBe(false);
  });

  it('says what the daemon said when it does not start', async () => {
    const wrong = startRsyncd({ modules: [], lines: ['&include /nowhere'] });
    await expect(wrong).rejects.toThrow(/did not start: rsync ended.*\/nowhere/s);
  });
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A client that has a module's slot and then does nothing. */
async function openSession(port: number, module: string): Promise<{ closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => socket.destroy());
  socket.write(`@RSYNCD: 31.0\n${module}\n`);
  await new Promise<void>((resolve) => {
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (text.includes('@RSYNCD: OK\n')) resolve();
    });
  });
  return { closed };
}
