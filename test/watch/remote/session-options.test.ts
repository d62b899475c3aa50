import { describe, expect, it } from 'vitest';
import {
  type SessionKind,
  type SessionRules,
  sessionKey,
  sessionOptions,
} from '../../../src/watch/remote/session-options.ts';

const RULES: SessionRules = {
  transfer: { recursive: true, times: true, update: true, links: true },
  wholeTreeExcludes: [],
  updatesOnly: false,
  sendsFolders: true,
};

const options = (kind: SessionKind, rules: Partial<SessionRules> = {}) =>
  sessionOptions(kind, { ...RULES, ...rules });

const kindOf = (scope: SessionKind['scope'], compare: SessionKind['compare']): SessionKind => ({
  scope,
  compare,
  deletes: true,
  dryRun: false,
});
const always = kindOf('changes', 'always');
const times = kindOf('changes', 'times');
const all = kindOf('all', 'options');
const catchUp = kindOf('all', 'times');

const changes = [always, times];
const deleting = [...changes, all, catchUp];
const keeping = deleting.map((kind) => ({ ...kind, deletes: false }));
const dryRuns = [times, all, catchUp].map((kind) => ({ ...kind, dryRun: true }));
const each = [...deleting, ...keeping, ...dryRuns];

describe('the key of a session', () => {
  it('is the same for equal kinds, and another one for each other kind', () => {
    expect(new Set(each.map(sessionKey)).size).toBe(each.length);
    expect(sessionKey({ ...always })).toBe(sessionKey(always));
  });
});

describe('the options of a session', () => {
  it.each(each)("are the user's own, for %o", (kind) => {
    expect(options(kind)).toMatchObject({ recursive: true, times: true, links: true });
  });

  it('leave out what makes no sense for a tree that is watched', () => {
    const transfer = {
      ...RULES.transfer,
      relative: true,
      removeSourceFiles: true,
      dirs: true,
      listOnly: true,
    };
    for (const kind of [...deleting, ...keeping]) {
      const names = Object.keys(options(kind, { transfer }));
      for (const name of ['relative', 'removeSourceFiles', 'dirs', 'listOnly'])
        expect(names).not.toContain(name);
    }
  });

  it('delete where that is wanted, and nowhere else', () => {
    for (const kind of deleting) expect(options(kind).delete).toBe('default');
    for (const kind of keeping) expect(options(kind).delete).toBeUndefined();
    const transfer = { ...RULES.transfer, delete: 'before' } as const;
    expect(options({ ...all, deletes: false }, { transfer }).delete).toBeUndefined();
  });

  it('do nothing in a dry run, but tell what would be deleted', () => {
    for (const kind of dryRuns) expect(options(kind)).toMatchObject({ dryRun: true, delete: 'default' });
    for (const kind of [...deleting, ...keeping]) expect(options(kind).dryRun).toBeUndefined();
  });

  it('take every named file for changed, unless contents are compared', () => {
    expect(options(always).ignoreTimes).toBe(true);
    expect(options(always, { transfer: { ...RULES.transfer, checksum: true } }).ignoreTimes).toBe(false);
    expect(options(times)).toMatchObject({ modifyWindow: -1 });
    expect(options(times).ignoreTimes).toBeUndefined();
  });

  it('hold newer files back when everything is sent as the user wishes, and for changes only where told', () => {
    expect(options(all).update).toBe(true);
    for (const kind of [always, times, catchUp]) {
      expect(options(kind).update).toBeUndefined();
      expect(options(kind, { updatesOnly: true }).update).toBe(true);
    }
  });

  it('have no filter rules for changes, which are chosen here, and all of them for the whole tree', () => {
    const transfer = { ...RULES.transfer, filters: [{ kind: 'exclude', text: '*.o' }] } as const;
    const rules = { transfer, wholeTreeExcludes: ['*.php'] };
    for (const kind of changes) expect(options(kind, rules).filters).toBeUndefined();
    expect(options(all, rules).filters).toEqual([
      { kind: 'exclude', text: '*.o' },
      { kind: 'exclude', text: '*.php' },
    ]);
    expect(options(catchUp, rules).filters).toEqual([{ kind: 'exclude', text: '*.o' }]);
  });

  it('leave empty folders out where they are not sent for themselves', () => {
    for (const kind of changes) {
      expect(options(kind).pruneEmptyDirs).toBeUndefined();
      expect(options(kind, { sendsFolders: false }).pruneEmptyDirs).toBe(true);
    }
    expect(options(all, { sendsFolders: false }).pruneEmptyDirs).toBeUndefined();
  });

  it('have the list of changes come in one piece', () => {
    for (const kind of changes) expect(options(kind).incRecursive).toBe(false);
  });
});
