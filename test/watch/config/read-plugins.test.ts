import { describe, expect, it } from 'vitest';
import { configErrorOf, notesOf, parse } from '../../support/confxml.ts';

const start = (name: string) => `<plugin start="true" name="${name}"/>`;
const FOLDER = '<localpath watch="/x">';
const CDN = '<cdninfo domainname="c" port="80" username="u" passwd="hunter2"/><sendurl base="http://p/cms"/>';

/** Plugins that do not work, each in line 3, and what is wrong with them. */
const broken: ReadonlyArray<readonly [name: string, element: string, column: number, problem: string]> = [
  ['command', '<plugin name="command"/>', 1, '<plugin> has no <param>; add <param>'],
  [
    'command',
    '<plugin name="command"><param prefix="/bin/x" suffix="&gt;/dev/null"/></plugin>',
    55,
    '<param>: suffix: > has no meaning without a shell; remove it, or put it into quotes',
  ],
  [
    'command',
    '<plugin name="command"><param prefix="x"/><filter start="true"><include expression="*.sh"/></filter></plugin>',
    85,
    '<include>: expression: nothing before * that it could repeat; probably meant: (.*)\\.sh',
  ],
  ['socket', '<plugin name="socket"/>', 1, '<plugin> has no <localpath>; add <localpath>'],
  [
    'socket',
    `<plugin name="socket">${FOLDER}<deshost port="1"/></localpath></plugin>`,
    45,
    '<deshost> has no ip; add ip="..."',
  ],
  [
    'socket',
    `<plugin name="socket">${FOLDER}<deshost ip="h" port="0"/></localpath></plugin>`,
    67,
    '<deshost>: port: "0" is not a whole number in [1, 65535]; for example port="8009"',
  ],
  [
    'http',
    `<plugin name="http">${FOLDER}<deshost url="h/p"/></localpath></plugin>`,
    57,
    '<deshost>: url is not an address of the web; write url="http://host/path"',
  ],
  [
    'http',
    `<plugin name="http"><localpath watch="x"><deshost url="http://h/"/></localpath></plugin>`,
    39,
    '<localpath>: watch: "x" is not an absolute path; write the path from / on',
  ],
  [
    'refreshCDN',
    `<plugin name="refreshCDN">${FOLDER}${CDN}<regexurl regex="true"/></localpath></plugin>`,
    144,
    '<regexurl> has no match; add match="..."',
  ],
  [
    'refreshCDN',
    `<plugin name="refreshCDN">${FOLDER}${CDN}<regexurl regex="true" match="(a"/></localpath></plugin>`,
    174,
    '<regexurl>: match: ( is never closed; add ), or write \\(',
  ],
];

describe('a plugin that does not work', () => {
  it.each(broken)('is refused when it is started: %s, %s', (name, head, column, problem) => {
    expect(configErrorOf(() => parse({ head, sersync: start(name) }))).toBe(`c.xml:3:${column}: ${problem}`);
  });

  it.each(broken)('is left out with a note when it is not: %s, %s', (_, head, column, problem) => {
    expect(notesOf({ head })).toEqual([`3:${column}: not in use, else an error: ${problem}`]);
    expect(parse({ head }).config.plugins).toEqual([]);
  });
});

describe('plugins', () => {
  it('must hold the one that is started', () => {
    expect(configErrorOf(() => parse({ sersync: start('command') }))).toBe(
      'c.xml:9:1: <plugin>: no plugin command in the file; add <plugin name="command"> to <head>',
    );
  });

  it('must not stand twice', () => {
    const head = '<plugin name="command"><param/></plugin><plugin name="command"><param/></plugin>';
    expect(configErrorOf(() => parse({ head, sersync: start('command') }))).toBe(
      'c.xml:3:41: the plugin command stands twice; the first is in line 3; keep one of them',
    );
  });

  it('have sersync names only', () => {
    const head = '<plugin name="sockets"/>';
    expect(notesOf({ head })).toEqual([
      '3:15: not in use, else an error: <plugin>: unknown plugin "sockets"; probably meant: socket',
    ]);
  });

  it('have defaults', () => {
    const head = [
      '<plugin name="command"><param/></plugin>',
      `<plugin name="socket">${FOLDER}<deshost ip="h"/></localpath></plugin>`,
      `<plugin name="http">${FOLDER}<deshost url="https://h/p"/></localpath></plugin>`,
      `<plugin name="refreshCDN">${FOLDER}<cdninfo domainname="c"/><sendurl base="b"/></localpath></plugin>`,
    ].join('');
    expect(parse({ head }).config.plugins).toEqual([
      { name: 'command', prefix: [], suffix: [], ignoresError: false, filter: { isOn: false, includes: [] } },
      { name: 'socket', localPath: '/x', host: 'h', port: 8009 },
      { name: 'http', localPath: '/x', url: 'https://h/p', port: 80 },
      {
        name: 'refreshCDN',
        localPath: '/x',
        domainName: 'c',
        port: 80,
        username: '',
        password: '',
        baseUrl: 'b',
        regexUrl: undefined,
      },
    ]);
  });

  it('cut an address out of a path', () => {
    const head = `<plugin name="refreshCDN">${FOLDER}${CDN}<regexurl regex="true" match="site/([a-z]+)/img"/></localpath></plugin>`;
    const [plugin] = parse({ head }).config.plugins;
    const pattern = plugin?.name === 'refreshCDN' ? plugin.regexUrl : undefined;
    expect(pattern?.find('/srv/site/pic/img/a.png')).toEqual({ groups: ['pic'], rest: '/a.png' });
  });
});
