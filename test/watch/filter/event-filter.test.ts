import { describe, expect, it } from 'vitest';
import { UnsupportedError } from '../../../src/protocol/index.ts';
import { excluding, filterOf } from '../../support/event-filter.ts';

describe('an expression', () => {
  it('excludes a path that it matches as a whole', () => {
    const filter = excluding('(.*)\\.svn', 'info/.*');
    expect(filter.accepts('a/b.svn', false)).toBe(false);
    expect(filter.accepts('a/b.svnx', false)).toBe(true);
    expect(filter.accepts('info/x', false)).toBe(false);
    expect(filter.accepts('more info/x', false)).toBe(true);
    expect(filter.accepts('info', false)).toBe(true);
  });

  it('excludes a folder with or without a slash at its end, and all that is in it', () => {
    for (const filter of [excluding('cache'), excluding('cache/')]) {
      expect(filter.accepts('cache', true)).toBe(false);
      expect(filter.accepts('cache/a/b', false)).toBe(false);
      expect(filter.accepts('cached', true)).toBe(true);
      expect(filter.accepts('a/cache', true)).toBe(true);
    }
    expect(excluding('cache/').accepts('cache', false)).toBe(true);
  });

  it('is asked about the path alone by whoever knows about the folders above', () => {
    expect(excluding('cache').acceptsEntry('cache/a', false)).toBe(true);
  });

  it('never excludes the root', () => {
    expect(excluding('.*').accepts('.', true)).toBe(true);
  });

  it('is nothing that a server understands', () => {
    expect(excluding('a')).toMatchObject({ hasExpressions: true, isPrivate: true });
    expect(filterOf({ ignoresHidden: true })).toMatchObject({ hasExpressions: false, isPrivate: false });
  });
});

describe('an expression that begins with a slash', () => {
  it('is compared, as in sersync, with paths that are in a folder', () => {
    const filter = excluding('^/nginx/logs/*', '/(.*)\\.log');
    expect(filter.accepts('nginx/logs', true)).toBe(false);
    expect(filter.accepts('nginx/logs/a/b', false)).toBe(false);
    expect(filter.accepts('nginx/conf', true)).toBe(true);
    expect(filter.accepts('a/b.log', false)).toBe(false);
    expect(filter.accepts('my/nginx/logs', true)).toBe(true);
  });

  it('leaves files at the top alone, whose path has no slash in sersync', () => {
    expect(excluding('/(.*)\\.log').accepts('b.log', false)).toBe(true);
    expect(excluding('^/b\\.log').acceptsEntry('b.log', false)).toBe(true);
  });

  it('excludes a folder at the top with all that is in it', () => {
    for (const expression of ['^/deploy', '/deploy/', '^/deploy/*']) {
      const filter = excluding(expression);
      expect(filter.accepts('deploy', true)).toBe(false);
      expect(filter.accepts('deploy/a', false)).toBe(false);
      expect(filter.accepts('deployed', true)).toBe(true);
    }
  });

  it('stands beside the form without a slash', () => {
    const filter = excluding('^dir/(.*)', '^/other/(.*)');
    expect(filter.accepts('dir/a', false)).toBe(false);
    expect(filter.accepts('other/a', false)).toBe(false);
    expect(filter.accepts('another/dir/a', false)).toBe(true);
  });

  it('never excludes the root', () => {
    expect(excluding('/', '/.*').accepts('.', true)).toBe(true);
  });
});

describe('a rule of rsync', () => {
  it('that is too long is left out, which is to be told', () => {
    const long = 'x'.repeat(4096);
    const filters = [long, 'a'].map((text) => ({ kind: 'exclude', text }) as const);
    const filter = filterOf({ transfer: { filters } });
    expect(filter.warnings).toEqual([`discarding over-long filter: ${long}`]);
    expect(filter.accepts('a', false)).toBe(false);
    expect(filterOf().warnings).toEqual([]);
  });

  it('must not come through a pipe, which could not be read again for the next session', () => {
    const transfer = { filters: [{ kind: 'exclude-from', file: '-' }] } as const;
    expect(() => filterOf({ transfer })).toThrow('it must be a file, not a pipe');
  });
});

describe('the built-in filter', () => {
  const filter = filterOf({ ignoresHidden: true, ignoresTemporary: true });

  it.each(['.hidden', 'a/.hidden', 'a~', 'a/b~', '4913', 'a/4913', '..a'])(
    'leaves out the file %s',
    (path) => {
      expect(filter.accepts(path, false)).toBe(false);
    },
  );

  it.each(['a.b', '~a', '49130', 'a/4913x', '.hidden/a', 'a~/b'])('sends the file %s', (path) => {
    expect(filter.accepts(path, false)).toBe(true);
  });

  it('is about files only', () => {
    for (const path of ['.git', 'a~', '4913']) expect(filter.accepts(path, true)).toBe(true);
  });

  it('can be told to a server', () => {
    expect(filter.keptFiles).toEqual(['.*', '*~', '4913']);
    expect(filterOf({ ignoresTemporary: true }).keptFiles).toEqual(['*~', '4913']);
    expect(filterOf().keptFiles).toEqual([]);
  });
});

describe('rules of rsync', () => {
  it('hold for single paths as for a whole tree', () => {
    const filters = [
      { kind: 'include', text: '/keep.o' },
      { kind: 'exclude', text: '*.o' },
      { kind: 'exclude', text: '/tmp/' },
    ] as const;
    const filter = filterOf({ transfer: { filters } });
    expect(
      ['keep.o', 'a/keep.o', 'x.o', 'tmp/a', 'a/tmp/b'].map((path) => filter.accepts(path, false)),
    ).toEqual([true, false, false, false, true]);
    expect(filter).toMatchObject({ hasExpressions: false, isPrivate: true });
  });

  it('protect what transfers leave behind', () => {
    expect(filterOf({ transfer: { backup: true } }).leftovers).toEqual(['*~']);
    expect(filterOf().isPrivate).toBe(false);
  });

  it('in files of the tree are refused', () => {
    const transfer = { filters: [{ kind: 'filter', text: ': .rsync-filter' }] } as const;
    expect(() => filterOf({ transfer })).toThrow(UnsupportedError);
  });
});
