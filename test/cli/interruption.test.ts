import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { Interruption, interruption } from '../../src/cli/interruption.ts';

/** What stands for the process of the command. */
class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  written = '';
  readonly stderr = {
    write: (text: string) => {
      this.written += text;
    },
  };

  exit(exitCode: number): void {
    this.exits.push(exitCode);
  }
}

let fake: FakeProcess;
let signal: AbortSignal;

beforeEach(() => {
  fake = new FakeProcess();
  signal = interruption(fake);
});

describe('a signal to the process', () => {
  it.each([
    ['SIGINT', 'interrupted', 20],
    ['SIGTERM', 'interrupted', 20],
    ['SIGHUP', 'interrupted', 20],
    ['SIGUSR1', 'received SIGUSR1', 19],
  ])('%s asks for an orderly end', (name, message, exitCode) => {
    expect(signal.aborted).toBe(false);
    fake.emit(name);
    expect(signal.reason).toBeInstanceOf(Interruption);
    expect(signal.reason).toMatchObject({ message, exitCode, signal: name });
    expect([fake.exits, fake.written]).toEqual([[], '']);
  });

  it('ends the process at once when it is the second one, and says so', () => {
    fake.emit('SIGTERM');
    fake.emit('SIGINT');
    expect(fake.exits).toEqual([20]);
    expect(fake.written).toBe('tsersync: interrupted again: ended at once (code 20)\n');
  });

  it('is listened to from the first moment, so that SIGUSR1 opens no debugger', () => {
    expect(fake.eventNames().sort()).toEqual(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1']);
  });
});
