import { describe, expect, it } from 'vitest';
import { encodeChangeRules } from '../../../src/protocol/client/push-changes.ts';
import { UsageError } from '../../../src/protocol/errors.ts';
import { type ChangeSet, checkChanges } from '../../../src/protocol/trees/change-set.ts';
import { ChangeTree } from '../../../src/protocol/trees/change-tree.ts';

const NOTHING: ChangeSet = { changed: [], added: [], mirrored: [], gone: [] };
const OF_PATHS = ['changed', 'replaced', 'added', 'mirrored', 'leveled', 'gone', 'goneFolders', 'goneFiles'];
const NOT_OF_THE_ROOT = ['replaced', 'gone', 'goneFolders', 'goneFiles'];

/** What the three ways to use a set of changes say to it. */
function answers(changes: object): unknown[] {
  const set = changes as ChangeSet;
  const session = { options: {}, terms: { protocol: 32 } } as Parameters<typeof encodeChangeRules>[0];
  return [
    () => checkChanges(set),
    () => new ChangeTree('/', set, { hardLinks: false, atimes: false }),
    () => encodeChangeRules(session, set),
  ].map((use) => {
    try {
      use();
      return 'taken';
    } catch (thrown) {
      return thrown instanceof UsageError ? thrown.message : thrown;
    }
  });
}

describe('a set of changes', () => {
  it.each(
    OF_PATHS.flatMap((field) =>
      ['', '/', 'a/', '/a', 'a//b', 'a/../b', '../x', './a', 'a\0'].map((path) => [field, path]),
    ),
  )('is refused for %s: %j', (field, path) => {
    for (const answer of answers({ ...NOTHING, [field as string]: ['fine', path] })) {
      expect(answer).toContain(`${field}: ${JSON.stringify(path)} is not`);
    }
  });

  it.each(NOT_OF_THE_ROOT)('does not delete the root: %s', (field) => {
    for (const answer of answers({ ...NOTHING, [field]: ['.'] })) expect(answer).toContain(`${field}: "."`);
  });

  it('may send the root, and all that is in it', () => {
    for (const field of ['changed', 'added', 'mirrored', 'leveled']) {
      expect(() => checkChanges({ ...NOTHING, [field]: ['.'] })).not.toThrow();
    }
  });

  it('has arrays of strings', () => {
    for (const answer of answers({ ...NOTHING, gone: 'abc' })) expect(answer).toBe('gone: is not an array');
    for (const answer of answers({ ...NOTHING, gone: [5] }))
      expect(answer).toContain('gone: 5 is not a path');
    for (const answer of answers({ changed: [], added: [], gone: [] }))
      expect(answer).toContain('mirrored: ');
  });

  it('has no other fields', () => {
    for (const answer of answers({ ...NOTHING, deleted: ['a'] })) expect(answer).toContain('deleted: ');
    for (const answer of answers({ ...NOTHING, toString: ['a'] })) expect(answer).toContain('toString: ');
  });

  it.each(['kept', 'keptFiles'])('has patterns that mean something in %s', (field) => {
    expect(() => checkChanges({ ...NOTHING, [field]: ['/a/*', '*.tmp'] })).not.toThrow();
    for (const pattern of ['', 'a\0']) {
      for (const answer of answers({ ...NOTHING, [field]: [pattern] }))
        expect(answer).toContain(`${field}: `);
    }
  });
});
