import { describe, expect, it } from 'vitest';
import { UnsupportedError, UsageError } from '../../../src/protocol/index.ts';
import { settingsOf } from '../../../src/watch/index.ts';
import { type ConfxmlParts, parse } from '../../support/confxml.ts';

const settings = (parts: ConfxmlParts) => settingsOf(parse(parts).config);

describe('what a config asks for', () => {
  it('is one daemon for each remote, with the folder in its module', () => {
    const { remotes, root } = settings({
      localpath: `<localpath watch="/data/">
        <remote ip="10.0.0.1" name="www"/><remote ip="alice@10.0.0.2" name="www/a/b"/></localpath>`,
    });
    expect(root).toBe('/data');
    expect(remotes).toMatchObject([
      { name: '10.0.0.1::www', target: { kind: 'daemon', host: '10.0.0.1', module: 'www', path: '' } },
      { name: 'alice@10.0.0.2::www/a/b', target: { user: 'alice', module: 'www', path: 'a/b/' } },
    ]);
  });

  it('is reached with the port, the password and the timeout that are switched on', () => {
    const rsync = (start: boolean) => `<commonParams params="-az"/>
      <auth start="${start}" users="bob" passwordfile="rsync.pas"/>
      <userDefinedPort start="${start}" port="874"/><timeout start="${start}" time="30"/>`;
    const on = settings({ rsync: rsync(true) });
    expect(on.remotes[0]).toMatchObject({
      target: { user: 'bob' },
      connection: { port: 874, passwordFile: '/data/rsync.pas' },
    });
    expect(on.transfer).toMatchObject({ timeout: 30, compress: true });
    const off = settings({ rsync: rsync(false) });
    expect(off.remotes[0]?.connection).toEqual({});
    expect(off.remotes[0]?.target.user).toBeUndefined();
    expect(off.transfer.timeout).toBeUndefined();
  });

  it('is sent as the switches of inotify say', () => {
    const { config } = parse({});
    const off = { isOn: false };
    const all = { delete: off, createFolder: off, createFile: off, closeWrite: off, modify: off };
    const none = { ...config.inotify, ...all, moveFrom: off, moveTo: off, attrib: off };
    const sent = (...on: readonly (keyof typeof none)[]) => {
      const switches = Object.fromEntries(on.map((name) => [name, { isOn: true }]));
      const { deletes, sendsFiles, sendsFolders } = settingsOf({
        ...config,
        inotify: { ...none, ...switches },
      });
      return { deletes, sendsFiles, sendsFolders };
    };
    const nothing = { deletes: false, sendsFiles: false, sendsFolders: false };
    expect(sent()).toEqual(nothing);
    expect(sent('attrib', 'moveFrom')).toEqual(nothing);
    expect(sent('delete')).toEqual({ ...nothing, deletes: true });
    expect(sent('createFolder')).toEqual({ ...nothing, sendsFolders: true });
    for (const name of ['createFile', 'closeWrite', 'modify', 'moveTo'] as const)
      expect(sent(name)).toEqual({ ...nothing, sendsFiles: true });
  });

  it('has the built-in filter, and that of the file where it is on', () => {
    const filter = (start: boolean) =>
      settings({ head: `<filter start="${start}"><exclude expression="a"/></filter>` }).filter;
    expect(filter(true)).toMatchObject({ ignoresHidden: true, ignoresTemporary: true });
    expect(filter(true).excludes.map(({ expression }) => expression)).toEqual(['a']);
    expect(filter(false).excludes).toEqual([]);
  });

  it('has excludes for the whole tree where those of crontab are on', () => {
    const crontab = (start: boolean) =>
      settings({
        sersync: `<crontab start="true" schedule="60"><crontabfilter start="${start}">
          <exclude expression="*.php"/></crontabfilter></crontab>`,
      }).wholeTreeExcludes;
    expect([crontab(true), crontab(false)]).toEqual([['*.php'], []]);
  });

  it('is refused if it cannot be carried out', () => {
    expect(() => settings({ rsync: '<ssh start="true"/>' })).toThrow(UnsupportedError);
    expect(() => settings({ rsync: '<commonParams params="-a /etc"/>' })).toThrow(UsageError);
    expect(() => settings({ rsync: '<commonParams params="--no-such-option"/>' })).toThrow();
  });
});
