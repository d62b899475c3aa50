import { describe, expect, it } from 'vitest';
import { configErrorOf, parse } from '../../support/confxml.ts';

const AUTH = '<auth start="true" users="root" passwordfile="/etc/p"/>';
const SSH = '<ssh start="true"/>';

function remotesOf(remotes: string, rsync = '') {
  return parse({ localpath: `<localpath watch="/data">\n${remotes}\n</localpath>`, rsync }).config.sersync
    .remotes;
}

describe('a remote', () => {
  it.each([
    ['10.0.0.1', { host: '10.0.0.1', user: undefined }],
    ['web_01.example.net', { host: 'web_01.example.net', user: undefined }],
    ['备份', { host: '备份', user: undefined }],
    ['2001:db8::7', { host: '2001:db8::7', user: undefined }],
    ['[2001:db8::7]', { host: '2001:db8::7', user: undefined }],
    ['fe80::1%eth0', { host: 'fe80::1%eth0', user: undefined }],
    ['::1', { host: '::1', user: undefined }],
    ['deploy@web01', { host: 'web01', user: 'deploy' }],
  ])('may be at %s', (ip, { host, user }) => {
    expect(remotesOf(`<remote ip="${ip}" name="m"/>`)).toEqual([{ host, name: 'm', user }]);
  });

  it('has the user of <auth>', () => {
    expect(remotesOf('<remote ip="h" name="m"/>', AUTH)).toEqual([{ host: 'h', name: 'm', user: 'root' }]);
  });

  it('may be a path when ssh is on', () => {
    expect(remotesOf('<remote ip="h" name="/srv/a b"/>', SSH)).toEqual([
      { host: 'h', name: '/srv/a b', user: undefined },
    ]);
  });
});

describe('remotes are refused with their place:', () => {
  const NO_HOST = 'write a name or an address; a module is written name="..."';
  it.each([
    ['', '5:1: <localpath> has no <remote>; add <remote>'],
    [
      '<Remote ip="h" name="m"/>',
      '5:1: <localpath> has no <remote>; probably meant: <remote> instead of <Remote>',
    ],
    ['<remote name="m"/>', '6:1: <remote> has no ip; add ip="..."'],
    ['<remote ip="" name="m"/>', '6:13: <remote>: ip is empty; fill in ip="..."'],
    ['<remote ip="h"/>', '6:1: <remote> has no name; add name="..."'],
    ['<remote ip="h" nmae="m"/>', '6:1: <remote> has no name; probably meant: name instead of nmae'],
    ['<remote ip="h" name=""/>', '6:22: <remote>: name is empty; fill in name="..."'],
    ['<remote ip="h " name="m"/>', '6:14: <remote>: a space in ip; remove it'],
    ['<remote ip="h/m" name="m"/>', `6:13: <remote>: ip: "h/m" is not a host; ${NO_HOST}`],
    ['<remote ip="h::m" name="m"/>', `6:13: <remote>: ip: "h::m" is not a host; ${NO_HOST}`],
    ['<remote ip="root@" name="m"/>', `6:13: <remote>: ip: "" is not a host; ${NO_HOST}`],
    [
      '<remote ip="-oProxyCommand=x" name="m"/>',
      `6:13: <remote>: ip: "-oProxyCommand=x" is not a host; ${NO_HOST}`,
    ],
    [
      '<remote ip="10.0.0.1:873" name="m"/>',
      '6:13: <remote>: ip: "10.0.0.1:873" is not a host; a port is written <userDefinedPort start="true" port="..."/>',
    ],
    [
      '<remote ip="root:hunter2@h" name="m"/>',
      '6:13: <remote>: ip: no user in front of the @; write user@host, and the password into the password file',
    ],
    [
      '<remote ip="-l@h" name="m"/>',
      '6:13: <remote>: ip: no user in front of the @; write user@host, and the password into the password file',
    ],
    [
      '<remote ip="h" name="/srv"/>',
      '6:22: <remote>: name is a path, but without ssh it must be a module; write the name of the module, or <ssh start="true"/>',
    ],
    [
      '<remote ip="h" name="m"/>\n<remote ip="g" name="m"/>\n<remote ip="H" name="m/"/>',
      '8:1: the remote H::m/ stands twice; the first is in line 6',
    ],
  ])('%j', (remotes, message) => {
    expect(configErrorOf(() => remotesOf(remotes))).toBe(`c.xml:${message}`);
  });

  it('two users for one of them', () => {
    expect(configErrorOf(() => remotesOf('<remote ip="deploy@h" name="m"/>', AUTH))).toBe(
      'c.xml:6:1: <remote>: two users, deploy and root; keep one of ip="user@..." and <auth>',
    );
  });
});
