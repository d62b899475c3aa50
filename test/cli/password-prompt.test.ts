import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { askPassword, type Terminal } from '../../src/cli/password-prompt.ts';

/** A terminal at which the test types. */
class FakeTerminal extends EventEmitter {
  isRaw = false;
  isReading = false;
  shown = '';
  readonly terminal = {
    input: Object.assign(this, {
      setRawMode: (isRaw: boolean) => {
        this.isRaw = isRaw;
        return this;
      },
      setEncoding: () => this,
      resume: () => {
        this.isReading = true;
        return this;
      },
      pause: () => {
        this.isReading = false;
        return this;
      },
    }),
    output: {
      write: (text: string) => {
        this.shown += text;
        return true;
      },
    },
  } as unknown as Terminal;
}

describe('a question for a password', () => {
  it.each([
    [['secret\r'], 'secret'],
    [['s', 'e', '\u007f', 'é😀', '\b', '\n'], 'sé'],
    [['\u0004'], ''],
    [['a\rb\r'], 'a'],
  ])('takes %j as %j, shows nothing of it and leaves the terminal as it was', async (keys, expected) => {
    const fake = new FakeTerminal();
    const answer = askPassword(fake.terminal, new AbortController().signal);
    expect([fake.isRaw, fake.isReading]).toEqual([true, true]);
    for (const text of keys) fake.emit('data', text);
    expect(await answer).toBe(expected);
    expect([fake.isRaw, fake.isReading, fake.listenerCount('data')]).toEqual([false, false, 0]);
    expect(fake.shown).toBe('Password: \n');
  });

  it('ends with the program, by key or by signal', async () => {
    const byKey = new FakeTerminal();
    const first = askPassword(byKey.terminal, new AbortController().signal);
    byKey.emit('data', 'ab\u0003');
    await expect(first).rejects.toMatchObject({ exitCode: 20 });
    const bySignal = new FakeTerminal();
    const controller = new AbortController();
    const second = askPassword(bySignal.terminal, controller.signal);
    controller.abort();
    await expect(second).rejects.toMatchObject({ exitCode: 20 });
    expect([byKey.isRaw, bySignal.isRaw]).toEqual([false, false]);
  });
});
