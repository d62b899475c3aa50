import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../../src/watch/config/words.ts';
import { describeConfig, describeRemote, readConfig } from '../../../src/watch/index.ts';
import { parse } from '../../support/confxml.ts';

const described = (name: string) =>
  describeConfig(readConfig(join(import.meta.dirname, '../../../fixtures/confxml', name)).config);

describe('a config is described', () => {
  it('as it comes with sersync', () => {
    expect(described('stock.xml')).toEqual([
      'watched folder: /opt/tongbu',
      'acts on: delete, createFolder, closeWrite, moveFrom, moveTo',
      'remote: 127.0.0.1::tongbu1',
      'options: -artuz',
      'built-in filter: on, files named .* *~ 4913 are left out',
    ]);
  });

  it('with all that is switched on', () => {
    expect(described('multi-remote.xml')).toEqual([
      'watched folder: /data/www',
      'acts on: delete, createFolder, closeWrite, moveFrom, moveTo, attrib',
      'remote: rsync_backup@172.16.1.41::backup',
      'remote: rsync_backup@web02.example.net::www/htdocs',
      'remote: rsync_backup@[2001:db8::7]::www',
      'options: -aruz --bwlimit=2000 --exclude=*.o k --chmod=D755,F644 --port=8873 --timeout=60 --password-file=/etc/rsync.password',
      'built-in filter: on, files named .* *~ 4913 are left out',
      'filter: 4 expressions',
      'crontab: a full sync every 1440 minutes, without 2 patterns',
      'debug: on',
    ]);
  });

  it('without a password or a token', () => {
    const lines = described('all-plugins.xml');
    expect(lines.join('\n')).not.toMatch(/secret/i);
    expect(lines.slice(0, 6)).toEqual([
      'status server: http://0.0.0.0:8090/, with a token',
      'watched folder: /srv/site',
      'acts on: createFolder, closeWrite, moveTo',
      'remote: deploy@web01:/srv/mirror',
      'options: -rlpt -e ssh',
      'built-in filter: on, files named *~ 4913 are left out',
    ]);
  });

  it.each([
    ['-a -e "sshpass -p hunter2 ssh"', '-a -e ...'],
    ['-ae "sshpass -p hunter2 ssh" -z', '-ae ... -z'],
    ["-a --rsh='sshpass -p hunter2 ssh'", '-a --rsh=...'],
    ["-a --rsh 'sshpass -p hunter2 ssh'", '-a --rsh ...'],
    ["-ae'sshpass -p hunter2 ssh'", '-ae...'],
    ['--delete --exclude=e', '--delete --exclude=e'],
  ])('without the command of a remote shell: %s', (params, options) => {
    const { config } = parse({});
    const rsync = { ...config.sersync.rsync, commonParams: splitWords(params) };
    const described = describeConfig({ ...config, sersync: { ...config.sersync, rsync } });
    expect(described).toContain(`options: ${options}`);
  });

  it('with the status server where it listens', () => {
    const head = '<host hostip="::1"/><tsersync><status start="true"/></tsersync>';
    expect(describeConfig(parse({ head }).config)[0]).toBe('status server: http://[::1]:8008/, no token');
  });

  it('with everything off', () => {
    const head = '<tsersync><ignoreHidden start="false"/><ignoreTemporary start="false"/></tsersync>';
    expect(describeConfig(parse({ head }).config).join()).not.toContain('filter');
  });
});

describe('a remote is written', () => {
  it('as rsync writes it', () => {
    expect(describeRemote({ host: 'h', name: 'm/a', user: undefined }, false)).toBe('h::m/a');
    expect(describeRemote({ host: '::1', name: '/a', user: 'u' }, true)).toBe('u@[::1]:/a');
  });
});
