import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeName, encodeName, FileError } from '../../../src/protocol/index.ts';
import { systemPath } from '../../../src/protocol/internal.ts';
import { ConfigError, parseConfig, readConfig, type SersyncConfig } from '../../../src/watch/index.ts';
import { parse } from '../../support/confxml.ts';
import { runs } from '../../support/runs.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/confxml');
const fixture = (name: string) => join(FIXTURES, name);

/** Patterns as their expressions: what they match is for the tests of patterns. */
function plain(config: SersyncConfig): unknown {
  return JSON.parse(JSON.stringify(config, (key, value) => (key === 'kind' ? undefined : value)));
}

const on = { isOn: true };
const off = { isOn: false };
const expressions = (...texts: string[]) => texts.map((expression) => ({ expression }));

describe('the config that comes with sersync', () => {
  const { config, notes } = readConfig(fixture('stock.xml'));

  it('is read without a note', () => {
    expect(notes).toEqual([]);
  });

  it('says what it always said', () => {
    expect(plain(config)).toEqual({
      version: '2.5',
      host: { ip: 'localhost', port: 8008 },
      debug: off,
      fileSystem: { isXfs: false },
      filter: {
        isOn: false,
        excludes: expressions('(.*)\\.svn', '(.*)\\.gz', '^info/*', '^static/*'),
      },
      inotify: {
        delete: on,
        createFolder: on,
        createFile: off,
        closeWrite: on,
        moveFrom: on,
        moveTo: on,
        attrib: off,
        modify: off,
      },
      sersync: {
        localPath: '/opt/tongbu',
        remotes: [{ host: '127.0.0.1', name: 'tongbu1' }],
        rsync: {
          commonParams: ['-artuz'],
          auth: { isOn: false, user: 'root', passwordFile: '/etc/rsync.pas' },
          userDefinedPort: { isOn: false, port: 874 },
          timeout: { isOn: false, timeoutSeconds: 100 },
          ssh: off,
        },
        failLog: { path: '/tmp/rsync_fail_log.sh', retryMinutes: 60 },
        crontab: {
          isOn: false,
          intervalMinutes: 600,
          filter: { isOn: false, excludes: ['*.php', 'info/*'] },
        },
        plugin: { isOn: false, name: 'command' },
      },
      plugins: [
        {
          name: 'command',
          prefix: ['/bin/sh'],
          suffix: [],
          ignoresError: true,
          filter: { isOn: false, includes: expressions('(.*)\\.php', '(.*)\\.sh') },
        },
        { name: 'socket', localPath: '/opt/tongbu', host: '192.168.138.20', port: 8009 },
        {
          name: 'refreshCDN',
          localPath: '/data0/htdocs/cms.xoyo.com/site',
          domainName: 'ccms.chinacache.com',
          port: 80,
          username: 'xxxx',
          password: 'xxxx',
          baseUrl: 'http://pic.xoyo.com/cms',
        },
      ],
      tsersync: {
        status: off,
        ignoreHidden: on,
        ignoreTemporary: on,
        settle: { quietMs: 5, maxMs: 2000 },
        update: { isForEvents: false },
      },
    });
  });
});

describe('a config with many remotes', () => {
  const { config, notes } = readConfig(fixture('multi-remote.xml'));

  it('is read with everything switched on', () => {
    expect(notes).toEqual([]);
    expect(plain(config)).toMatchObject({
      debug: on,
      fileSystem: { isXfs: true },
      filter: { isOn: true, excludes: { length: 4 } },
      sersync: {
        localPath: '/data/www',
        remotes: [
          { host: '172.16.1.41', name: 'backup', user: 'rsync_backup' },
          { host: 'web02.example.net', name: 'www/htdocs', user: 'rsync_backup' },
          { host: '2001:db8::7', name: 'www', user: 'rsync_backup' },
        ],
        rsync: {
          commonParams: ['-aruz', '--bwlimit=2000', '--exclude=*.o k', '--chmod=D755,F644'],
          auth: { isOn: true, user: 'rsync_backup', passwordFile: '/etc/rsync.password' },
          userDefinedPort: { isOn: true, port: 8873 },
          timeout: { isOn: true, timeoutSeconds: 60 },
        },
        failLog: { path: '/var/log/sersync/fail.sh', retryMinutes: 5 },
        crontab: {
          isOn: true,
          intervalMinutes: 1440,
          filter: { isOn: true, excludes: ['*.log', 'runtime/*'] },
        },
      },
      plugins: [],
    });
  });

  it.each([
    ['.git/config', true],
    ['.gitignore', false],
    ['a/.git/config', true],
    ['a/.git/', true],
    ['logs/a.log.2024-01-31', true],
    ['logs/a.log', false],
    ['runtime/cache/', true],
    ['runtime/cache', false],
    ['Upload/movie.PART', true],
    ['upload/a/movie.part', false],
  ])('leaves out %s: %s', (path, isLeftOut) => {
    expect(config.filter.excludes.some((pattern) => pattern.matches(path))).toBe(isLeftOut);
  });
});

describe('a config with every plugin and all of our own settings', () => {
  const { config, notes } = readConfig(fixture('all-plugins.xml'));

  it('is read', () => {
    expect(notes).toEqual([]);
    expect(plain(config)).toMatchObject({
      host: { ip: '0.0.0.0', port: 8090 },
      sersync: {
        remotes: [{ host: 'web01', name: '/srv/mirror', user: 'deploy' }],
        rsync: { ssh: on },
        plugin: { isOn: true, name: 'command' },
      },
      plugins: [
        {
          name: 'command',
          prefix: ['/usr/local/bin/changed', '--site', 'main site'],
          suffix: ['--once'],
          ignoresError: true,
          filter: { isOn: true, includes: expressions('/srv/site/(.*)\\.php') },
        },
        { name: 'socket', localPath: '/srv/site', host: '192.168.138.20', port: 8009 },
        { name: 'http', localPath: '/srv/site', url: 'http://hooks.example.net/changed?a=1&b=2', port: 8080 },
        {
          name: 'refreshCDN',
          localPath: '/srv/site',
          domainName: 'ccms.example.net',
          port: 8000,
          username: 'site',
          password: 'Top<Secret>1',
          baseUrl: 'http://pic.example.net/cms',
          regexUrl: { expression: 'site/([a-z]+)/images' },
        },
      ],
      tsersync: {
        status: { isOn: true, token: 'Secret-Token-2' },
        ignoreHidden: off,
        ignoreTemporary: on,
        settle: { quietMs: 50, maxMs: 10_000 },
        update: { isForEvents: true },
      },
    });
  });
});

describe('a config in GBK', () => {
  it('gives the bytes that are on the disk', () => {
    const { config, notes } = readConfig(fixture('gbk.xml'));
    const { localPath, remotes, rsync } = config.sersync;
    expect(notes).toEqual([]);
    expect(encodeName(localPath).toString('hex')).toBe('2fcafdbedd2fc4a3b0e5');
    expect(remotes.map(({ name }) => encodeName(name).toString('hex'))).toEqual(['b1b8b7dd2fcdf8d5be']);
    expect(encodeName(rsync.auth.passwordFile).toString('hex')).toBe('2f6574632fc3dcc2eb2e706173');
  });
});

describe('what is not in the file', () => {
  it('is off, or as in the config that comes with sersync', () => {
    const { config } = parse({});
    const { crontab, failLog, rsync, plugin } = config.sersync;
    expect({ crontab, failLog, rsync, plugin }).toEqual({
      crontab: { isOn: false, intervalMinutes: 600, filter: { isOn: false, excludes: [] } },
      failLog: { path: '/tmp/rsync_fail_log.sh', retryMinutes: 60 },
      rsync: {
        commonParams: ['-artuz'],
        auth: { isOn: false, user: 'root', passwordFile: '/etc/rsync.pas' },
        userDefinedPort: { isOn: false, port: 874 },
        timeout: { isOn: false, timeoutSeconds: 100 },
        ssh: { isOn: false },
      },
      plugin: { isOn: false, name: undefined },
    });
    expect(config.inotify.delete).toEqual({ isOn: false });
    expect(config.host).toEqual({ ip: 'localhost', port: 8008 });
    expect(config.plugins).toEqual([]);
  });
});

describe('a config file', () => {
  it('is found by a name that is not UTF-8', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsersync-'));
    try {
      const file = decodeName(
        Buffer.concat([Buffer.from(`${folder}/`), Buffer.from('c4e3.xml'), Buffer.of(0xc4, 0xe3)]),
      );
      writeFileSync(systemPath(file), readFileSync(fixture('stock.xml')));
      expect(readConfig(file).config.sersync.localPath).toBe('/opt/tongbu');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ['that is missing', '/nonexistent/confxml.xml', 'there is no such file'],
    ['that is a folder', FIXTURES, 'it is a folder, not a file'],
  ])('%s is an error of the file', (_, file, reason) => {
    expect(() => readConfig(file)).toThrow(FileError);
    expect(() => readConfig(file)).toThrow(`the config cannot be read: ${file}: ${reason}`);
  });

  it('without an end is not read to the end', () => {
    expect(() => readConfig('/dev/zero')).toThrow('/dev/zero:1:1: bigger than 1048576 bytes');
  });
});

/** A config, or an error of one line with a place: nothing else may come out. */
function expectOutcome(bytes: Buffer): void {
  try {
    expect(parseConfig(bytes, 'c.xml').config.sersync.remotes.length).toBeGreaterThan(0);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).message).toMatch(/^c\.xml:[1-9]\d*:[1-9]\d*: \P{Cc}+$/u);
  }
}

const stock = readFileSync(fixture('stock.xml'));
const everything = readFileSync(fixture('all-plugins.xml'));
const gbk = readFileSync(fixture('gbk.xml'));

describe('any bytes', () => {
  it('are a config or refused with a place', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectOutcome(Buffer.from(bytes))));
  });

  it('that almost are a config are one, or are refused with a place', () => {
    const splices = fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        removed: fc.nat(12),
        added: fc.oneof(
          fc.constantFrom(
            '"',
            "'",
            '<',
            '>',
            '/',
            '=',
            '&',
            '-->',
            '<!--',
            '\n',
            ' ',
            '　',
            '“',
            '<?',
            '&#65;',
            '*',
          ),
          fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.constantFrom(stock, everything, gbk), splices, (original, changes) => {
        let bytes = original;
        for (const { at, removed, added } of changes) {
          const start = Math.floor(at * bytes.length);
          bytes = Buffer.concat([
            bytes.subarray(0, start),
            Buffer.from(added),
            bytes.subarray(start + removed),
          ]);
        }
        expectOutcome(bytes);
      }),
      { numRuns: runs(300) },
    );
  });
});
