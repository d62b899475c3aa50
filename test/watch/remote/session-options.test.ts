import { describe, expect, it } from 'vitest';
import {
  type SessionKind,
  type SessionRules,
  sessionOptions,
} from '../../../src/watch/remote/session-options.ts';

const RULES: SessionRules = {
  transfer: { recursive: true, times: true, update: true, links: true },
  wholeTreeExcludes: [],
  deletes: true,
  updatesOnly: false,
  sendsFolders: true,
};

const options = (kind: SessionKind, rules: Partial<SessionRules> = {}) =>
  sessionOptions(kind, { ...RULES, ...rules });

const changes = ['always', 'times'] as const;
const wholes = ['all', 'all-without-deletion', 'catch-up', 'catch-up-without-deletion'] as const;
const dryRuns = ['dry-run', 'all-dry-run', 'catch-up-dry-run'] as const;

describe('the options of a session', () => {
  it.each([...changes, ...wholes, ...dryRuns])("are the user's own, for %s", (kind) => {
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
    for (const kind of [...changes, ...wholes]) {
      const names = Object.keys(options(kind, { transfer }));
      for (const name of ['relative', 'removeSourceFiles', 'dirs', 'listOnly'])
        expect(names).not.toContain(name);
    }
  });

  it('delete where that is wanted, and nowhere else', () => {
    const deleting = ['always', 'times', 'all', 'catch-up'] as const;
    for (const kind of deleting) {
      expect(options(kind).delete).toBe('default');
      expect(options(kind, { deletes: false }).delete).toBeUndefined();
    }
    expect(options('all-without-deletion').delete).toBeUndefined();
    expect(options('catch-up-without-deletion').delete).toBeUndefined();
    const transfer = { ...RULES.transfer, delete: 'before' } as const;
    expect(options('all', { transfer, deletes: false }).delete).toBeUndefined();
  });

  it('do nothing in a dry run, but tell what would be deleted', () => {
    for (const kind of dryRuns) expect(options(kind)).toMatchObject({ dryRun: true, delete: 'default' });
    for (const kind of [...changes, ...wholes]) expect(options(kind).dryRun).toBeUndefined();
  });

  it('take every named file for changed, unless contents are compared', () => {
    expect(options('always').ignoreTimes).toBe(true);
    expect(options('always', { transfer: { ...RULES.transfer, checksum: true } }).ignoreTimes).toBe(false);
    expect(options('times')).toMatchObject({ modifyWindow: -1 });
    expect(options('times').ignoreTimes).toBeUndefined();
  });

  it('hold newer files back when everything is sent as the user wishes, and for changes only where told', () => {
    expect(options('all').update).toBe(true);
    for (const kind of ['always', 'times', 'catch-up'] as const) {
      expect(options(kind).update).toBeUndefined();
      expect(options(kind, { updatesOnly: true }).update).toBe(true);
    }
  });

  it('have no filter rules for changes, which are chosen here, and all of them for the whole tree', () => {
    const transfer = { ...RULES.transfer, filters: [{ kind: 'exclude', text: '*.o' }] } as const;
    const rules = { transfer, wholeTreeExcludes: ['*.php'] };
    for (const kind of changes) expect(options(kind, rules).filters).toBeUndefined();
    expect(options('all', rules).filters).toEqual([
      { kind: 'exclude', text: '*.o' },
      { kind: 'exclude', text: '*.php' },
    ]);
    expect(options('catch-up', rules).filters).toEqual([{ kind: 'exclude', text: '*.o' }]);
  });

  it('leave empty folders out where they are not sent for themselves', () => {
    for (const kind of changes) {
      expect(options(kind).pruneEmptyDirs).toBeUndefined();
      expect(options(kind, { sendsFolders: false }).pruneEmptyDirs).toBe(true);
    }
    expect(options('all', { sendsFolders: false }).pruneEmptyDirs).toBeUndefined();
  });

  it('have the list of changes come in one piece', () => {
    for (const kind of changes) expect(options(kind).incRecursive).toBe(false);
  });
});
