import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDaemonTarget,
  destinationModule,
  modulePath,
  parseTarget,
  type Target,
} from '../../../src/protocol/connect/target.ts';
import { RsyncError, TargetError, UnsupportedError, UsageError } from '../../../src/protocol/errors.ts';
import { runs } from '../../support/runs.ts';

describe('a target', () => {
  it.each<[string, Target]>([
    ['h::m', { kind: 'daemon', host: 'h', module: 'm', path: '' }],
    ['h::m/', { kind: 'daemon', host: 'h', module: 'm', path: '' }],
    ['h::m/p/', { kind: 'daemon', host: 'h', module: 'm', path: 'p/' }],
    ['u@h::m/p', { kind: 'daemon', user: 'u', host: 'h', module: 'm', path: 'p' }],
    ['u@v@h::m', { kind: 'daemon', user: 'u@v', host: 'h', module: 'm', path: '' }],
    ['@h::m', { kind: 'daemon', user: '', host: 'h', module: 'm', path: '' }],
    ['[::1]::m', { kind: 'daemon', host: '::1', module: 'm', path: '' }],
    ['u@[fe80::1%eth0]::m', { kind: 'daemon', user: 'u', host: 'fe80::1%eth0', module: 'm', path: '' }],
    ['h::m::x', { kind: 'daemon', host: 'h', module: 'm::x', path: '' }],
    ['h:::m', { kind: 'daemon', host: 'h', module: ':m', path: '' }],
    ['rsync::m', { kind: 'daemon', host: 'rsync', module: 'm', path: '' }],
    ['h::m/a\nb', { kind: 'daemon', host: 'h', module: 'm', path: 'a\nb' }],
    ['rsync://h/m', { kind: 'daemon', host: 'h', module: 'm', path: '' }],
    ['RSYNC://u@v@h/m/p', { kind: 'daemon', user: 'u@v', host: 'h', module: 'm', path: 'p' }],
    ['rsync://h:8730/m/', { kind: 'daemon', host: 'h', port: 8730, module: 'm', path: '' }],
    ['rsync://h:/m', { kind: 'daemon', host: 'h', module: 'm', path: '' }],
    ['rsync://[::1]:8730/m', { kind: 'daemon', host: '::1', port: 8730, module: 'm', path: '' }],
    ['rsync://[127.0.0.1]/m', { kind: 'daemon', host: '127.0.0.1', module: 'm', path: '' }],
    ['rsync://h/m@x', { kind: 'daemon', host: 'h', module: 'm@x', path: '' }],
    ['rsync://h/m//p', { kind: 'daemon', host: 'h', module: 'm', path: '/p' }],
    ['h::', { kind: 'module-list', host: 'h' }],
    ['u@h::', { kind: 'module-list', user: 'u', host: 'h' }],
    ['rsync://h', { kind: 'module-list', host: 'h' }],
    ['rsync://h/', { kind: 'module-list', host: 'h' }],
    ['rsync://[x]:8730', { kind: 'module-list', host: 'x', port: 8730 }],
    ['h:p', { kind: 'shell', host: 'h', path: 'p' }],
    ['u@h:', { kind: 'shell', user: 'u', host: 'h', path: '.' }],
    ['[::1]:p', { kind: 'shell', host: '::1', path: 'p' }],
    [':p', { kind: 'shell', host: '', path: 'p' }],
    ['u:x@h::m', { kind: 'shell', host: 'u', path: 'x@h::m' }],
    ['rsync:/h/m', { kind: 'shell', host: 'rsync', path: '/h/m' }],
    ['C:\\dir', { kind: 'shell', host: 'C', path: '\\dir' }],
    ['h', { kind: 'local', path: 'h' }],
    ['/x:y', { kind: 'local', path: '/x:y' }],
    ['./h::m', { kind: 'local', path: './h::m' }],
    ['u/v@h::m', { kind: 'local', path: 'u/v@h::m' }],
    ['[::1', { kind: 'local', path: '[::1' }],
    ['a[b]::m', { kind: 'local', path: 'a[b]::m' }],
    ['[]::m', { kind: 'local', path: '[]::m' }],
    ['', { kind: 'local', path: '' }],
  ])('is read from %j as rsync does', (text, target) => {
    expect(parseTarget(text)).toEqual(target);
  });

  it.each(['rsync://h//x', 'h::/x'])('has no module in %j', (text) => {
    expect(() => parseTarget(text)).toThrow(TargetError);
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ exitCode: 5 }));
  });

  it.each(['rsync://u:secret@h/m', 'rsync://h:873x/m', 'rsync://[::1]x/m', 'rsync://[::1/m'])(
    'is not the shell command that rsync makes of the URL %j, which may hold a password',
    (text) => {
      expect(() => parseTarget(text)).toThrow(UsageError);
      expect(() => parseTarget(text)).toThrow(/^a URL must have the form .* no place in it$/);
    },
  );

  it.each(['rsync://h:0/m', 'rsync://h:65536/m'])('has an impossible port in %j', (text) => {
    expect(() => parseTarget(text)).toThrow(/^port: \d+ is not in \[1, 65535\]$/);
  });

  it('may be a drive of Windows', () => {
    const windows = { driveLetters: true };
    expect(parseTarget('C:\\dir', windows)).toEqual({ kind: 'local', path: 'C:\\dir' });
    expect(parseTarget('d:/dir', windows)).toEqual({ kind: 'local', path: 'd:/dir' });
    expect(parseTarget('d::m', windows)).toEqual({ kind: 'daemon', host: 'd', module: 'm', path: '' });
    expect(parseTarget('ab:/dir', windows)).toEqual({ kind: 'shell', host: 'ab', path: '/dir' });
  });

  it('keeps names that are not UTF-8', () => {
    expect(parseTarget('h::m/\udcd6')).toMatchObject({ module: 'm', path: '\udcd6' });
  });

  it('is always something, or an error of ours', () => {
    const part = fc.constantFrom(
      'rsync://',
      ':',
      '::',
      '/',
      '@',
      '[',
      ']',
      'h',
      'm',
      '1',
      '\n',
      'C:\\',
      '\udcff',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), fc.boolean(), (parts, driveLetters) => {
        try {
          expect(parseTarget(parts.join(''), { driveLetters })).toHaveProperty('kind');
        } catch (error) {
          expect(error).toBeInstanceOf(RsyncError);
        }
      }),
      { numRuns: runs(1000) },
    );
  });
});

describe('a destination', () => {
  it('is a module of a daemon', () => {
    const target = destinationModule(parseTarget('u@h::m/a/b'));
    expect(target).toEqual({ kind: 'daemon', user: 'u', host: 'h', module: 'm', path: 'a/b' });
    expect(modulePath(target)).toBe('m/a/b');
    expect(modulePath(destinationModule(parseTarget('h::m')))).toBe('m/');
  });

  it.each([
    ['rsync://h/', UsageError, 'h: a destination needs a module'],
    ['h::', UsageError, 'h: a destination needs a module'],
    ['::m', UsageError, 'm: the host is missing'],
    ['u@h:dir', UnsupportedError, 'h: a single colon means a remote shell, which is not supported'],
    ['dir/', UsageError, 'dir/: a destination is a daemon'],
  ])('is not %j', (text, kind, message) => {
    expect(() => destinationModule(parseTarget(text))).toThrow(kind);
    expect(() => destinationModule(parseTarget(text))).toThrow(message);
  });
});

describe('a part that goes into a line', () => {
  it.each([
    'a\nb::m',
    'a\r\nX::m',
    'rsync://a\nb/m/',
    'rsync://[::1\r\nX: y]/m/',
    'rsync://a\0b/m/',
    'rsync://a b/m/',
    'rsync://a\u0085b/m/',
    'rsync://a"b/m/',
    "rsync://a'b/m/",
    'rsync://$(x)/m/',
    'rsync://a;b/m/',
    'a\nb::',
    `${'x'.repeat(300)}::m`,
  ])('is refused in a host: %j', (text) => {
    expect(() => parseTarget(text)).toThrow(UsageError);
    expect(() => parseTarget(text)).toThrow(/^host "/);
  });

  it.each(['host', 'h-1.example_x', '::1', 'fe80::1%eth0', '127.0.0.1', 'b\u00fccher.example'])(
    'may be a host like %j',
    (host) => {
      expect(() => checkDaemonTarget({ kind: 'daemon', host, module: 'm', path: '' })).not.toThrow();
    },
  );

  it.each([
    [{ host: '' }, 'host'],
    [{ host: 'a\nb' }, 'host'],
    [{ port: 0 }, 'port'],
    [{ port: 1.5 }, 'port'],
    [{ port: Number.NaN }, 'port'],
    [{ user: 'a\nb' }, 'user'],
    [{ user: 'a\0b' }, 'user'],
    [{ module: 'a\nb' }, 'module name'],
    [{ module: 'a/b' }, 'module name'],
    [{ path: 'a\0b' }, 'path'],
  ])('is refused in a target that a program made: %j', (part, name) => {
    const target = { kind: 'daemon', host: 'h', module: 'm', path: '', ...part } as const;
    expect(() => checkDaemonTarget(target)).toThrow(UsageError);
    expect(() => checkDaemonTarget(target)).toThrow(new RegExp(`^${name}`));
  });
});
