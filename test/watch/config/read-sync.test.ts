import { describe, expect, it } from 'vitest';
import { type ConfxmlParts, configErrorOf, notesOf, parse } from '../../support/confxml.ts';

const REMOTE = '<remote ip="h" name="m"/>';

describe('<sersync> is refused with the place of what is wrong:', () => {
  it.each<[ConfxmlParts, string]>([
    [{ localpath: '' }, '4:1: <sersync> has no <localpath>; add <localpath>'],
    [
      { localpath: '<localPath watch="/data"/>' },
      '4:1: <sersync> has no <localpath>; probably meant: <localpath> instead of <localPath>',
    ],
    [{ localpath: `<localpath>${REMOTE}</localpath>` }, '5:1: <localpath> has no watch; add watch="..."'],
    [
      { localpath: `<localpath wacth="/data">${REMOTE}</localpath>` },
      '5:1: <localpath> has no watch; probably meant: watch instead of wacth',
    ],
    [
      { localpath: `<localpath watch=" ">${REMOTE}</localpath>` },
      '5:19: <localpath>: watch is empty; fill in watch="..."',
    ],
    [
      { localpath: `<localpath watch="data/www">${REMOTE}</localpath>` },
      '5:19: <localpath>: watch: "data/www" is not an absolute path; write the path from / on',
    ],
    [
      {
        localpath: `<localpath watch="/a">${REMOTE}</localpath>\n<localpath watch="/b">${REMOTE}</localpath>`,
      },
      '6:1: <localpath> stands twice in <sersync>; the first is in line 5; keep one of them',
    ],
    [{ rsync: '<auth start="true" passwordfile="/etc/p"/>' }, '7:1: <auth> has no users; add users="..."'],
    [
      { rsync: '<auth start="true" user="root" passwordfile="/etc/p"/>' },
      '7:1: <auth> has no users; probably meant: users instead of user',
    ],
    [
      { rsync: '<auth start="true" users="root"/>' },
      '7:1: <auth> has no passwordfile; add passwordfile="..."',
    ],
    [
      { rsync: '<auth start="true" users="root" passwordfile=""/>' },
      '7:47: <auth>: passwordfile is empty; fill in passwordfile="..."',
    ],
    [
      { rsync: '<auth start="true" users="a b" passwordfile="/etc/p"/>' },
      '7:28: <auth>: a space in users; remove it',
    ],
    [
      { rsync: '<userDefinedPort start="true" port="0"/>' },
      '7:37: <userDefinedPort>: port: "0" is not a whole number in [1, 65535]; for example port="874"',
    ],
    [
      { rsync: '<userDefinedPort start="true" port="65536"/>' },
      '7:37: <userDefinedPort>: port: "65536" is not a whole number in [1, 65535]; for example port="874"',
    ],
    [
      { rsync: '<userDefinedPort start="true" port="０"/>' },
      '7:37: <userDefinedPort>: port: "０" is not a whole number in [1, 65535]; for example port="874"',
    ],
    [
      { rsync: '<timeout start="true" time="100s"/>' },
      '7:29: <timeout>: time: "100s" is not a whole number in [1, 2147483647]; for example time="100"',
    ],
    [
      { rsync: '<timeout start="true" time="0"/>' },
      '7:29: <timeout>: time: "0" is not a whole number in [1, 2147483647]; for example time="100"',
    ],
    [
      { rsync: '<commonParams params="-artuz &amp;&amp; echo"/>' },
      '7:30: <commonParams>: params: & has no meaning without a shell; remove it, or put it into quotes',
    ],
    [
      { sersync: '<failLog path="/tmp/x" timeToExecute="1.5"/>' },
      '9:39: <failLog>: timeToExecute: "1.5" is not a whole number in [1, 525600]; for example timeToExecute="60"',
    ],
    [
      { sersync: '<crontab start="true" schedule="*/5 * * * *"/>' },
      '9:33: <crontab>: schedule: "*/5 * * * *" is not a whole number in [1, 525600]; for example schedule="600"',
    ],
    [
      { sersync: '<crontab start="true"><crontabfilter start="true"><exclude/></crontabfilter></crontab>' },
      '9:51: <exclude> has no expression; add expression="..."',
    ],
    [{ sersync: '<plugin start="true"/>' }, '9:1: <plugin> has no name; add name="..."'],
    [
      { sersync: '<plugin start="true" name="comand"/>' },
      '9:28: <plugin>: unknown plugin "comand"; probably meant: command',
    ],
    [
      { sersync: '<plugin start="true" name="mail"/>' },
      '9:28: <plugin>: unknown plugin "mail"; there are command, socket, http, refreshCDN',
    ],
  ])('%j', (parts, message) => {
    expect(configErrorOf(() => parse(parts))).toBe(`c.xml:${message}`);
  });

  it('a password behind the user, without showing it', () => {
    const rsync = '<auth start="true" users="root:hunter2" passwordfile="/etc/p"/>';
    expect(configErrorOf(() => parse({ rsync }))).toBe(
      'c.xml:7:27: <auth>: users: no : or @ in a user; the password stands in the password file',
    );
  });
});

describe('what is odd in <sersync> is noted:', () => {
  it.each<[ConfxmlParts, string]>([
    [{ rsync: '<ssh start="1"/>' }, '7:13: <ssh>: start="1" means off; only "true" switches on'],
    [{ rsync: '<ssh start="True"/>' }, '7:13: <ssh>: start="True" means off; only "true" switches on'],
    [{ rsync: '<ssh start=" true"/>' }, '7:13: <ssh>: start=" true" means off; only "true" switches on'],
    [{ rsync: '<ssh/>' }, '7:1: <ssh> has no start; it is off'],
    [
      { rsync: '<userDefinedPort start="false" port=""/>' },
      '7:38: not in use, else an error: <userDefinedPort>: port: "" is not a whole number in [1, 65535]; for example port="874"',
    ],
    [
      { rsync: '<timeout start="false" time="x"/>' },
      '7:30: not in use, else an error: <timeout>: time: "x" is not a whole number in [1, 2147483647]; for example time="100"',
    ],
    [
      { rsync: '<ssh start="true"/><userDefinedPort start="true" port="22"/>' },
      '7:20: <userDefinedPort> is that of a daemon and means nothing to ssh',
    ],
    [
      { rsync: '<auth start="true" users="a" passwordfile="p"/>' },
      '7:44: <auth>: passwordfile is relative to the watched folder: "p"',
    ],
    [
      { rsync: '<auth start="true" users="a" passwordfile="/etc/p "/>' },
      '7:44: <auth>: passwordfile begins or ends with a space; is it meant?',
    ],
    [
      { localpath: `<localpath watch="/data/“a”">${REMOTE}</localpath>` },
      '5:25: <localpath>: watch holds U+201C; is it meant?',
    ],
    [
      { sersync: '<crontab start="true"><crontabfilter start="false"><exclude/></crontabfilter></crontab>' },
      '9:52: not in use, else an error: <exclude> has no expression; add expression="..."',
    ],
    [
      { sersync: '<crontab start="true"><crontabfilter start="true"/></crontab>' },
      '9:23: <crontabfilter> is on, but holds no <exclude>',
    ],
    [
      {
        head: '<filter start="true"><exclude expression="a"/></filter>',
        sersync: '<crontab start="true" schedule="5"/>',
      },
      '1:1: sersync switches <crontab> off here, because <filter> is on and <crontabfilter> is not; tsersync does not',
    ],
  ])('%j', (parts, note) => {
    expect(notesOf(parts)).toEqual([note]);
  });
});

describe('<sersync> keeps', () => {
  it('the root as it is, and other folders without slashes at their end', () => {
    const folder = (watch: string) =>
      parse({ localpath: `<localpath watch="${watch}">${REMOTE}</localpath>` }).config.sersync.localPath;
    expect([folder('/'), folder('//'), folder('/a/b//')]).toEqual(['/', '/', '/a/b']);
  });

  it('no options when there are none', () => {
    const options = (rsync: string) => parse({ rsync }).config.sersync.rsync.commonParams;
    expect([options('<commonParams params=""/>'), options('<commonParams/>')]).toEqual([[], ['-artuz']]);
  });
});
