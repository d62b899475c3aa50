import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkConfig, noticesOf, parseConfig } from '../../../src/watch/index.ts';
import { type ConfxmlParts, configErrorOf, parse } from '../../support/confxml.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-check-')));
});

afterEach(() => rmSync(folder, { recursive: true }));

const localpath = (watch: string) => `<localpath watch="${watch}"><remote ip="h" name="m"/></localpath>`;
const check = (parts: ConfxmlParts) => () =>
  checkConfig('c.xml', parse({ localpath: localpath(folder), ...parts }));

describe('a config that cannot be carried out', () => {
  it('is right otherwise', () => {
    writeFileSync(join(folder, 'pas'), 'secret', { mode: 0o600 });
    const rsync = `<auth start="true" users="u" passwordfile="${folder}/pas"/>`;
    expect(check({ rsync })).not.toThrow();
  });

  it('has the place of a watched folder that is not there, or no folder', () => {
    const missing = join(folder, 'missing');
    writeFileSync(join(folder, 'file'), '');
    expect(configErrorOf(check({ localpath: localpath(missing) }))).toBe(
      `c.xml:5:19: the folder to watch is not there: ${missing}`,
    );
    expect(configErrorOf(check({ localpath: localpath(join(folder, 'file')) }))).toContain('c.xml:5:19: ');
  });

  it('has the place of a password file that is not there', () => {
    const rsync = '<auth start="true" users="u" passwordfile="/nowhere/pas"/>';
    expect(configErrorOf(check({ rsync }))).toBe('c.xml:7:44: the password file is not there: /nowhere/pas');
    expect(check({ rsync: rsync.replace('true', 'false') })).not.toThrow();
    const inParams = '<commonParams params="-a --password-file=/nowhere/pas"/>';
    expect(configErrorOf(check({ rsync: inParams }))).toContain('c.xml:7:23: the password file is not there');
  });

  it.each([
    ['that others may read', 'secret', 0o644, 'it must not be readable or writable by others'],
    ['that is empty', '\n', 0o600, 'it is empty'],
    ['that is a folder', undefined, 0o700, 'cannot be read: it is a folder, not a file'],
  ])('has the place of a password file %s', (_, content, mode, reason) => {
    const file = join(folder, 'pas');
    if (content === undefined) mkdirSync(file, { mode });
    else writeFileSync(file, content, { mode });
    const rsync = `<auth start="true" users="u" passwordfile="${file}"/>`;
    expect(configErrorOf(check({ rsync }))).toContain(`c.xml:7:44: password file ${file}: ${reason}`);
  });

  it('has the place of a watched folder that cannot be looked at, and says why in words', () => {
    const long = join(folder, 'n'.repeat(300));
    expect(configErrorOf(check({ localpath: localpath(long) }))).toBe(
      'c.xml:5:19: the folder to watch cannot be looked at: its name is too long',
    );
  });

  it('has the place of options that need more than words', () => {
    const params = "-a --filter=': .rules'";
    const rsync = `<commonParams params="${params}"/>`;
    expect(configErrorOf(check({ rsync }))).toContain('c.xml:7:23: filter rules in files of the tree');
    expect(configErrorOf(check({ rsync: '<ssh start="true"/>' }))).toContain('c.xml:7:1: <ssh>');
  });
});

it('a config without <sersync> is told what belongs into it', () => {
  const xml = `<head version="2.5">${localpath('/data')}<rsync><commonParams params="-az"/></rsync></head>`;
  expect(configErrorOf(() => parseConfig(Buffer.from(xml), 'c.xml'))).toBe(
    'c.xml:1:1: <head> has no <sersync>; put <localpath> and <rsync> into <sersync>...</sersync>',
  );
});

describe('notices', () => {
  it('are about what the file says, not about what it leaves out', () => {
    expect(noticesOf(parse({}))).toEqual([]);
    expect(noticesOf(parse({ sersync: '<failLog path="/tmp/x"/>' }))).toEqual([
      expect.stringContaining('<failLog>: /tmp/x is not written yet'),
    ]);
    expect(noticesOf(parse({ rsync: '<commonParams params="-auz"/>' }))).toHaveLength(1);
    expect(noticesOf(parse({ rsync: '<commonParams params="-az"/>' }))).toEqual([]);
  });
});
