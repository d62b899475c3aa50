import { describe, expect, it } from 'vitest';
import { failureOf, partialFailure } from '../../src/cli/failure.ts';
import { Interruption } from '../../src/cli/interruption.ts';
import { AbortedError, RemoteExitError, TimeoutError } from '../../src/protocol/index.ts';

describe('what ends a command', () => {
  it('is one line with its code', () => {
    expect(failureOf(new TimeoutError('host has been silent'))).toEqual({
      text: 'host has been silent (code 30)',
      exitCode: 30,
    });
    expect(failureOf(new AbortedError('the session was aborted'))).toEqual({
      text: 'interrupted (code 20)',
      exitCode: 20,
    });
  });

  it.each([
    ['SIGTERM', 'interrupted (code 20)', 20],
    ['SIGUSR1', 'received SIGUSR1 (code 19)', 19],
  ] as const)('has the code of the signal: %s', (signal, text, exitCode) => {
    const aborted = new AbortedError('the session was aborted', { cause: new Interruption(signal) });
    expect(failureOf(aborted)).toEqual({ text, exitCode });
  });

  it('is told in the last words of the server, once', () => {
    const thrown = new RemoteExitError('ERROR: the module is haunted; rsync error: ...', 1);
    expect(failureOf(thrown, 'syntax or usage error').text).toBe(
      'the server gave up: syntax or usage error (code 1)',
    );
    expect(failureOf(thrown).text).toBe('the server gave up: it ended the session (code 1)');
  });

  it('names a remedy where there is one', () => {
    const thrown = new RemoteExitError('ERROR: module is read only; rsync error: ...', 1);
    expect(failureOf(thrown, 'syntax or usage error').text).toBe(
      'the server gave up: syntax or usage error; its rsyncd.conf needs "read only = no" for this module (code 1)',
    );
  });

  it('is told also of what nobody has foreseen', () => {
    expect(failureOf(new TypeError('x is undefined')).text).toBe(
      'an error that should not happen: x is undefined (code 11)',
    );
    expect(failureOf('text').exitCode).toBe(11);
  });
});

describe('a push that went to its end', () => {
  it.each([
    [0, undefined],
    [23, 'some files or attributes were not transferred (see the errors above) (code 23)'],
    [24, 'some source files vanished before they could be transferred (code 24)'],
    [25, 'the --max-delete limit stopped deletions (code 25)'],
  ])('with code %i', (exitCode, text) => {
    expect(partialFailure(exitCode)?.text).toBe(text);
  });
});
