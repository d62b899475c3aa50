import { describe, expect, it } from 'vitest';
import { configErrorOf, notesOf, parse } from '../../support/confxml.ts';

const own = (elements: string) => ({ head: `<tsersync>${elements}</tsersync>` });
const host = (attributes: string, elements = '') => ({ head: `<host ${attributes}/>${own(elements).head}` });

describe('our own settings', () => {
  it.each([
    ['<status start="true"/>', { status: { isOn: true, token: undefined } }],
    ['<status start="true" token="t"/>', { status: { isOn: true, token: 't' } }],
    ['<ignoreHidden start="false"/>', { ignoreHidden: { isOn: false }, ignoreTemporary: { isOn: true } }],
    ['<ignoreTemporary start="false"/>', { ignoreHidden: { isOn: true }, ignoreTemporary: { isOn: false } }],
    ['<settle quietMs="0"/>', { settle: { quietMs: 0, maxMs: 2000 } }],
    ['<settle quietMs="5000"/>', { settle: { quietMs: 5000, maxMs: 5000 } }],
    ['<update events="true"/>', { update: { isForEvents: true } }],
  ])('are read: %s', (elements, expected) => {
    expect(parse(own(elements)).config.tsersync).toMatchObject(expected);
    expect(notesOf(own(elements))).toEqual([]);
  });

  it('are noted where they are odd', () => {
    expect(notesOf(own('<ignoreHidden/>'))).toEqual(['3:11: <ignoreHidden> has no start; it is on']);
    expect(notesOf(own('<update events="1"/>'))).toEqual([
      '3:27: <update>: events="1" means off; only "true" switches on',
    ]);
  });

  it.each([
    [
      '<settle quietMs="100" maxMs="99"/>',
      '3:40: <settle>: maxMs: "99" is not a whole number in [100, 86400000]; for example maxMs="2000"',
    ],
    [
      '<settle quietMs="-1"/>',
      '3:28: <settle>: quietMs: "-1" is not a whole number in [0, 86400000]; for example quietMs="5"',
    ],
    [
      '<status start="false"/><status start="true"/>',
      '3:34: <status> stands twice in <tsersync>; the first is in line 3; keep one of them',
    ],
  ])('are refused where they are wrong: %s', (elements, message) => {
    expect(configErrorOf(() => parse(own(elements)))).toBe(`c.xml:${message}`);
  });
});

describe('the address of the status server', () => {
  it.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('needs no token at %s', (ip) => {
    expect(parse(host(`hostip="${ip}"`, '<status start="true"/>')).config.host).toEqual({ ip, port: 8008 });
  });

  it.each(['0.0.0.0', '192.168.1.1', 'localhost.example.net', '::'])('needs a token at %s', (ip) => {
    expect(configErrorOf(() => parse(host(`hostip="${ip}"`, '<status start="true" token=""/>')))).toBe(
      `c.xml:3:1: <host>: the status server would be open to all at ${ip}; add <status token="..."> or hostip="localhost"`,
    );
    expect(parse(host(`hostip="${ip}"`, '<status start="true" token="t"/>')).config.host.ip).toBe(ip);
  });

  it('must be right when it is used, and is noted otherwise', () => {
    const problem = '<host>: port: "99999" is not a whole number in [1, 65535]; for example port="8008"';
    expect(configErrorOf(() => parse(host('port="99999"', '<status start="true"/>')))).toBe(
      `c.xml:3:13: ${problem}`,
    );
    expect(notesOf(host('port="99999"'))).toEqual([`3:13: not in use, else an error: ${problem}`]);
    expect(parse(host('port="99999"')).config.host).toEqual({ ip: 'localhost', port: 8008 });
  });
});
