/** Signals that end a command in order, and the exit code that rsync gives each. */
export const endingSignals = { SIGINT: 20, SIGTERM: 20, SIGHUP: 20, SIGUSR1: 19 } as const;

export type EndingSignal = keyof typeof endingSignals;

/** Why the signal of a command is aborted: this process was told to end. */
export class Interruption extends Error {
  readonly signal: EndingSignal;
  readonly exitCode: number;

  constructor(signal: EndingSignal) {
    super(signal === 'SIGUSR1' ? 'received SIGUSR1' : 'interrupted');
    this.signal = signal;
    this.exitCode = endingSignals[signal];
  }
}

/** What of a process this needs; tests have one of their own. */
export interface SignalledProcess {
  on(signal: EndingSignal, listener: () => void): unknown;
  exit(exitCode: number): unknown;
  readonly stderr: { write(text: string): unknown };
}

/**
 * From now on the first signal aborts what is returned, and the next one ends the process at once.
 *
 * A listener for SIGUSR1 also keeps Node.js from opening its debugger, through which whoever may connect to this
 * machine's loopback could run code as the user of this process.
 */
export function interruption(process: SignalledProcess): AbortSignal {
  const controller = new AbortController();
  for (const signal of Object.keys(endingSignals) as EndingSignal[]) {
    process.on(signal, () => {
      if (!controller.signal.aborted) {
        controller.abort(new Interruption(signal));
        return;
      }
      const exitCode = endingSignals[signal];
      process.stderr.write(`tsersync: interrupted again: ended at once (code ${exitCode})\n`);
      process.exit(exitCode);
    });
  }
  return controller.signal;
}
