import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/protocol/errors.ts';
import { IoErrors, ioErrors } from '../../../src/protocol/file-list/io-errors.ts';

function problem(kind: Problem['kind']): Problem {
  return { path: 'a', doing: 'open', cause: new Error('no'), kind };
}

/** What the exit code is made of. */
function outcome({ hasErrors, hasVanished, hitDeleteLimit }: IoErrors) {
  return { hasErrors, hasVanished, hitDeleteLimit };
}

describe('the I/O errors of a session', () => {
  it('are told to the peer stage by stage, as bits', () => {
    const errors = new IoErrors();
    errors.note(problem('vanished'), 'listing');
    errors.note(problem('failed'), 'transfer');
    expect([errors.of('listing'), errors.of('transfer')]).toEqual([ioErrors.vanished, ioErrors.general]);
    errors.note(problem('vanished'), 'transfer');
    expect(errors.of('transfer')).toBe(ioErrors.general | ioErrors.vanished);
  });

  it('count what was named and is not there, although no peer is told of it', () => {
    const errors = new IoErrors();
    errors.note(problem('missing-source'), 'listing');
    expect(errors.of('listing')).toBe(ioErrors.none);
    expect(outcome(errors)).toEqual({ hasErrors: true, hasVanished: false, hitDeleteLimit: false });
  });

  it('do not count what was not asked for', () => {
    const errors = new IoErrors();
    errors.note(problem('skipped'), 'listing');
    expect(outcome(errors)).toEqual({ hasErrors: false, hasVanished: false, hitDeleteLimit: false });
  });

  it('count what could not be removed, which no peer is told of either', () => {
    const errors = new IoErrors();
    errors.note(problem('failed'), 'removal');
    expect([errors.of('listing'), errors.of('transfer'), errors.hasErrors]).toEqual([0, 0, true]);
  });

  it('count those of the peer, and are not told back to it', () => {
    const errors = new IoErrors();
    errors.noteFromPeer(ioErrors.deleteLimit);
    errors.noteFromPeer(ioErrors.vanished);
    expect(outcome(errors)).toEqual({ hasErrors: false, hasVanished: true, hitDeleteLimit: true });
    expect([errors.of('listing'), errors.of('transfer')]).toEqual([0, 0]);
  });
});
