import { afterEach, expect, it, vi } from 'vitest';
import { startSilentServer } from '../support/silent-server.ts';
import { tsersync } from '../support/tsersync-client.ts';

afterEach(() => void vi.useRealTimers());

it.each(['--stop-after=2', '--time-limit=2'])(
  'a push with %s stops at that, and says so as rsync does',
  async (limit) => {
    using silent = await startSilentServer();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    let isOver = false;
    const pushing = tsersync(['push', '-a', limit, '.', `rsync://127.0.0.1:${silent.port}/m/`]).finally(
      () => {
        isOver = true;
      },
    );
    await silent.isConnected;
    await vi.advanceTimersByTimeAsync(119_000);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await pushing).toMatchObject({
      exitCode: 30,
      stderr: expect.stringMatching(/^stopping at requested limit\n/),
    });
  },
);
