import { spawn } from 'node:child_process';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Accepts connections and never says a word. */
export interface SilentServer extends Disposable {
  readonly port: number;
  /** Somebody has connected. */
  readonly isConnected: Promise<void>;
}

export async function startSilentServer(): Promise<SilentServer> {
  const sockets: Socket[] = [];
  const connected = Promise.withResolvers<void>();
  const server: Server = createServer((socket) => {
    socket.on('error', () => {
      // Clients come and go as they like.
    });
    sockets.push(socket);
    connected.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    port: address.port,
    isConnected: connected.promise,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

export interface FullListener extends Disposable {
  readonly port: number;
}

/** A listener whose process sleeps and whose queue is full: whoever connects waits. */
export async function startFullListener(): Promise<FullListener> {
  const script = `
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      process.stdout.write(String(server.address().port));
    });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
  child.kill('SIGSTOP');
  // The kernel takes as many as the queue holds, and one or two more; those that it does not take stay silent.
  const fillers = Array.from({ length: 4 }, () => connect({ port, host: '127.0.0.1' }));
  for (const filler of fillers) filler.on('error', () => {});
  await new Promise((resolve) => fillers[0]?.once('connect', resolve));
  return {
    port,
    [Symbol.dispose]() {
      for (const filler of fillers) filler.destroy();
      child.kill('SIGKILL');
    },
  };
}
