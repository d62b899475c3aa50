import { describe, expect, it } from 'vitest';
import { encodeChangeRules } from '../../../src/protocol/client/push-changes.ts';
import { UsageError } from '../../../src/protocol/errors.ts';
import { ChangeTree } from '../../../src/protocol/trees/change-tree.ts';
import {
  checkChanges,
  checkKept,
  type KeptInChanges,
  type TreeAction,
  type TreeChange,
} from '../../../src/protocol/trees/tree-change.ts';

const OF_THE_ROOT: readonly TreeAction[] = ['send', 'send-tree', 'mirror', 'level'];
const NOT_OF_THE_ROOT: readonly TreeAction[] = [
  'replace',
  'delete',
  'delete-folder',
  'delete-file',
  'delete-temporary',
];
const session = { options: {}, terms: { protocol: 32 } } as Parameters<typeof encodeChangeRules>[0];

function answerOf(use: () => unknown): unknown {
  try {
    use();
    return 'taken';
  } catch (thrown) {
    return thrown instanceof UsageError ? thrown.message : thrown;
  }
}

/** What the three ways to use changes say to them. */
function answers(given: unknown): unknown[] {
  const changes = given as readonly TreeChange[];
  return [
    () => checkChanges(changes),
    () => new ChangeTree('/', changes, { hardLinks: false, atimes: false }),
    () => encodeChangeRules(session, changes),
  ].map(answerOf);
}

/** What both ways to use them say to what is kept. */
function answersToKept(given: object): unknown[] {
  const kept = given as KeptInChanges;
  return [() => checkKept(kept), () => encodeChangeRules(session, [], kept)].map(answerOf);
}

const wrongPaths = ['', '/', 'a/', '/a', 'a//b', 'a/../b', '../x', './a', 'a\0'];

describe('changes of a tree', () => {
  it.each([...OF_THE_ROOT, ...NOT_OF_THE_ROOT].flatMap((action) => wrongPaths.map((path) => [action, path])))(
    'are refused for what is no path below the root: %s %j',
    (action, path) => {
      for (const answer of answers([
        { action: 'send', path: 'fine' },
        { action, path },
      ]))
        expect(answer).toContain(`changes[1], to ${action}: ${JSON.stringify(path)} is not`);
    },
  );

  it.each(NOT_OF_THE_ROOT)('do not delete the root: %s', (action) => {
    for (const answer of answers([{ action, path: '.' }])) expect(answer).toContain(`to ${action}: "."`);
  });

  it('may send the root, and all that is in it', () => {
    for (const action of OF_THE_ROOT) expect(() => checkChanges([{ action, path: '.' }])).not.toThrow();
  });

  it('are a list', () => {
    for (const wrong of [undefined, null, 'abc', { send: ['a'] }, { 0: { action: 'send', path: 'a' } }])
      for (const answer of answers(wrong)) expect(answer).toMatch(/^changes: .* is not a list$/);
  });

  it('are objects, without a hole between them', () => {
    for (const wrong of [null, 'a', 5, [], undefined])
      for (const answer of answers([wrong])) expect(answer).toMatch(/^changes\[0\]: .* is not an object$/);
    for (const answer of answers(new Array(1))) expect(answer).toContain('changes[0]: ');
  });

  it('have a path that is a text', () => {
    for (const path of [5, null, undefined, ['a'], {}])
      for (const answer of answers([{ action: 'delete', path }]))
        expect(answer).toMatch(/^changes\[0\], to delete: .* is not a path/);
  });

  it('have an action that there is', () => {
    for (const action of ['', 'gone', 'toString', '__proto__', 5, undefined, ['send']])
      for (const answer of answers([{ action, path: 'a' }]))
        expect(answer).toMatch(/^changes\[0\]\.action: .* is not one of send, replace, send-tree, /);
  });

  it('have no other fields', () => {
    for (const answer of answers([{ action: 'send', path: 'a', from: 'b' }]))
      expect(answer).toContain('changes[0].from: ');
  });
});

describe('what changes keep', () => {
  it.each(['kept', 'keptFiles'])('are patterns that mean something: %s', (field) => {
    expect(() => checkKept({ [field]: ['/a/*', '*.tmp'] })).not.toThrow();
    for (const pattern of ['', 'a\0', 5])
      for (const answer of answersToKept({ [field]: [pattern] })) expect(answer).toContain(`${field}: `);
  });

  it('are paths below the root', () => {
    for (const path of [...wrongPaths, '.', 5])
      for (const answer of answersToKept({ keptPaths: ['fine', path] }))
        expect(answer).toContain('keptPaths: ');
  });

  it.each(['keptPaths', 'kept', 'keptFiles'])('are lists: %s', (field) => {
    for (const answer of answersToKept({ [field]: 'abc' }))
      expect(answer).toBe(`${field}: "abc" is not a list`);
  });
});
