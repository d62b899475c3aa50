import { describe, expect, it } from 'vitest';
import { encodeName } from '../../../src/protocol/index.ts';
import { parseConfig } from '../../../src/watch/index.ts';
import { configErrorOf, confxml, notesOf } from '../../support/confxml.ts';

const gbkBytes = (before: string, hex: string, after: string) =>
  Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]);

function placesOf(bytes: Buffer): string[] {
  return parseConfig(bytes, 'c.xml').notes.map(({ line, column }) => `${line}:${column}`);
}

describe('the text of a config', () => {
  it('keeps the bytes of a path, whatever the header declares', () => {
    const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`;
    for (const encoding of ['ISO-8859-1', 'UTF-8', 'GBK', 'nonsense']) {
      for (const path of [
        Buffer.from('/data/中文é'),
        Buffer.from('2fcafdbeddc4a3', 'hex'),
        Buffer.from('2fe9', 'hex'),
      ]) {
        const text = confxml({ localpath: '<localpath watch="@"><remote ip="h" name="m"/></localpath>' });
        const [before, after] = text.split('@') as [string, string];
        const bytes = gbkBytes(declared(encoding) + before, path.toString('hex'), after);
        const { config, notes } = parseConfig(bytes, 'c.xml');
        expect(encodeName(config.sersync.localPath)).toEqual(path);
        expect(notes).toEqual([]);
      }
    }
  });

  it('is UTF-16 behind its byte order mark, in either order', () => {
    const text = `\ufeff${confxml({ localpath: '<localpath watch="/中文"><remote ip="h" name="m"/></localpath>' })}`;
    const little = Buffer.from(text, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16()])
      expect(parseConfig(bytes, 'c.xml').config.sersync.localPath).toBe('/中文');
  });

  it.each([
    ['UTF-16 that breaks off', Buffer.from('fffe3c', 'hex'), '1:1: not valid UTF-16; save the file as UTF-8'],
    [
      'UTF-16 with half a character',
      Buffer.from('fffe3c0000d8', 'hex'),
      '1:1: not valid UTF-16; save the file as UTF-8',
    ],
    [
      'UTF-16 without its mark',
      Buffer.from('<head/>', 'utf16le'),
      '1:2: control character U+0000; this looks like UTF-16: save the file as UTF-8',
    ],
    ['a NUL', Buffer.from('<head>\n<host\0/></head>'), '2:6: control character U+0000; remove it'],
    [
      'a program',
      Buffer.from('\x7fELF\x02'),
      '1:1: control character U+007F; this is not a confxml.xml, but a binary file',
    ],
    [
      'zeros',
      Buffer.alloc(20),
      '1:1: control character U+0000; this is not a confxml.xml, but a binary file',
    ],
    ['an escape', Buffer.from('<head version="\x1b[0m"/>'), '1:16: control character U+001B; remove it'],
    ['a delete', Buffer.from('<head version="\x7f"/>'), '1:16: control character U+007F; remove it'],
    [
      'a big file',
      Buffer.alloc(1024 * 1024 + 1, 32),
      '1:1: bigger than 1048576 bytes; this is not a config file',
    ],
  ])('is refused: %s', (_, bytes, message) => {
    expect(configErrorOf(() => parseConfig(bytes, 'c.xml'))).toBe(`c.xml:${message}`);
  });

  it('may begin with the byte order mark of UTF-8, which is no column', () => {
    expect(
      placesOf(Buffer.from(`\ufeff<head extra="">${confxml({}).slice('<head version="2.5">'.length)}`)),
    ).toEqual(['1:7']);
  });
});

describe('a place', () => {
  it('counts lines that end with LF, CR LF or CR', () => {
    const text = confxml({ rsync: '<extra/>' });
    for (const end of ['\n', '\r\n', '\r'])
      expect(placesOf(Buffer.from(text.replaceAll('\n', end)))).toEqual(['7:1']);
  });

  it('counts characters in UTF-8, and bytes elsewhere', () => {
    const [before, after] = confxml({ rsync: '<!--@--><extra/>' }).split('@') as [string, string];
    expect(placesOf(Buffer.from(`${before}中😀${after}`))).toEqual(['7:10']);
    expect(placesOf(gbkBytes(before, 'd6d0c4a3', after))).toEqual(['7:12']);
  });
});

describe('notes', () => {
  it('are at most a hundred and one', () => {
    const notes = notesOf({ rsync: '<extra/>\n'.repeat(300) });
    expect(notes.length).toBe(101);
    expect(notes.at(0)).toBe('7:1: unknown element <extra> in <rsync>');
    expect(notes.at(-1)).toBe('107:1: further notes are left out');
  });
});

describe('a message', () => {
  it('is one line, whatever the file is called', () => {
    expect(configErrorOf(() => parseConfig(Buffer.alloc(0), 'a\nb.xml'))).toBe(
      'a b.xml:1:1: no element in the file; this is not a confxml.xml, which begins with <head version="2.5">',
    );
  });
});
