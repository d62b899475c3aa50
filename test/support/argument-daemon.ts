import { createServer, type Socket } from 'node:net';

export interface ArgumentDaemon {
  readonly port: number;
  /** The bytes of the last argument list; undefined if no client got so far. */
  readonly heard: () => Buffer | undefined;
  readonly close: () => Promise<void>;
}

const GREETING = '@RSYNCD: 32.0 sha512 sha256 sha1 md5 md4\n';

/**
 * A daemon on loopback that lets everybody in, hears one argument list out and closes: enough for a real client to
 * show which words it composes.
 */
export async function openArgumentDaemon(): Promise<ArgumentDaemon> {
  let heard: Buffer | undefined;
  const server = createServer((socket) => {
    listen(socket, (list) => {
      heard = list;
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the daemon has no port');
  return {
    port: address.port,
    heard: () => heard,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function listen(socket: Socket, done: (list: Buffer) => void): void {
  let text = '';
  let isWelcome = false;
  socket.on('error', () => socket.destroy());
  socket.write(GREETING);
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const list = behindLogin(text);
    if (list === undefined) return;
    if (!isWelcome) socket.write('@RSYNCD: OK\n');
    isWelcome = true;
    if (!isWhole(list)) return;
    done(Buffer.from(list, 'latin1'));
    socket.destroy();
  });
}

/** What follows the greeting, early input and the module line. */
function behindLogin(text: string): string | undefined {
  const [early = '', length = '0'] = /(?<=^[^\n]*\n)#early_input=(\d+)\n/.exec(text) ?? [];
  const moduleAt = text.indexOf('\n') + 1 + early.length + Number(length);
  const moduleEnd = text.indexOf('\n', moduleAt);
  return moduleAt === 0 || moduleEnd === -1 ? undefined : text.slice(moduleEnd + 1);
}

/** The list ends with an empty argument; with `s` at the head of the cluster a second list follows. */
function isWhole(list: string): boolean {
  const end = endOf(list);
  const first = list.indexOf(end);
  if (first < 0) return false;
  return !isSecluded(list) || list.indexOf(end, first + end.length) >= 0;
}

/** Cuts the bytes of an argument list into its words; the second list is the one of secluded arguments. */
export function argumentWords(bytes: Buffer): { plain: string[]; secluded?: string[] } {
  const text = bytes.toString('utf8');
  const end = endOf(text);
  const [plain = [], secluded = []] = text.split(end).map((list) => list.split(end.charAt(0)));
  return isSecluded(text) ? { plain, secluded } : { plain };
}

function endOf(list: string): string {
  return list.includes('\0') ? '\0\0' : '\n\n';
}

function isSecluded(list: string): boolean {
  return list.startsWith('--server\0-s');
}
