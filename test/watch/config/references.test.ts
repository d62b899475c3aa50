import { describe, expect, it } from 'vitest';
import { decodeReferences, rawIndexOf } from '../../../src/watch/config/references.ts';
import { configErrorOf, notesOf, parse } from '../../support/confxml.ts';

describe('references', () => {
  it.each([
    ['a&amp;b&lt;c&gt;d&quot;e&apos;f', 'a&b<c>d"e\'f'],
    ['&#65;&#x42;&#x1F600;&#9;', 'AB😀\t'],
    ['&amp;lt;', '&lt;'],
    ['\udcd6\udcd0&amp;', '\udcd6\udcd0&'],
  ])('%s stand for what they name', (raw, value) => {
    expect(decodeReferences(raw)).toBe(value);
  });

  it('are mapped back to their place', () => {
    expect([0, 1, 2, 3, 5].map((index) => rawIndexOf('a&amp;b&#x1F600;c', index))).toEqual([0, 1, 6, 7, 16]);
  });

  it.each([
    ['/etc/a&b', '7:53: <auth>: a bare & in passwordfile; write &amp;'],
    ['/etc/a& b', '7:53: <auth>: a bare & in passwordfile; write &amp;'],
    ['/etc/&copy;', '7:52: <auth>: unknown reference &copy; in passwordfile; write &amp; for a plain &'],
    [
      '/etc/&constructor;',
      '7:52: <auth>: unknown reference &constructor; in passwordfile; write &amp; for a plain &',
    ],
    ['/etc/&#0;', '7:52: <auth>: unknown reference &#0; in passwordfile; write &amp; for a plain &'],
    ['/etc/&#10;', '7:52: <auth>: unknown reference &#10; in passwordfile; write &amp; for a plain &'],
    ['/etc/&#xD800;', '7:52: <auth>: unknown reference &#xD800; in passwordfile; write &amp; for a plain &'],
    [
      '/etc/&#x110000;',
      '7:52: <auth>: unknown reference &#x110000; in passwordfile; write &amp; for a plain &',
    ],
    ['/etc/&#99999999;', '7:52: <auth>: a bare & in passwordfile; write &amp;'],
  ])('%s is refused', (file, message) => {
    const rsync = `<auth start="true" users="root" passwordfile="${file}"/>`;
    expect(configErrorOf(() => parse({ rsync }))).toBe(`c.xml:${message}`);
  });

  it('do not move the place of what follows them', () => {
    expect(notesOf({ rsync: '<auth start="false" users="a&amp;b“"/>' })).toEqual([
      '7:35: <auth>: users holds U+201C; is it meant?',
    ]);
  });
});
