import { setImmediate as nextTurn } from 'node:timers/promises';

/** Node.js asks its main thread to open the debugger in two ways; either may come after we have closed it. */
const TURNS = 3;

/**
 * Closes the debugger that a SIGUSR1 has opened before the command could listen for the signal, and hands the signal
 * on. A debugger that was asked for on the command line of Node.js stays.
 *
 * `--disable-sigusr1` would do for the debugger, but blocks the signal for good: a push could not end with 19.
 */
export async function closeStrayDebugger(): Promise<void> {
  const { url, close } = process.getBuiltinModule('node:inspector');
  const words = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (url() === undefined || words.some((word) => word.includes('--inspect'))) return;
  for (let turn = 0; turn < TURNS; turn += 1) {
    close();
    await nextTurn();
  }
  process.emit('SIGUSR1');
}
