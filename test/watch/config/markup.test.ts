import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/watch/index.ts';
import { configErrorOf, confxml, notesOf, parse } from '../../support/confxml.ts';

function errorOf(rsync: string): string {
  return configErrorOf(() => parse({ rsync }));
}

function documentError(text: string): string {
  return configErrorOf(() => parseConfig(Buffer.from(text), 'c.xml'));
}

/** Snippets as people paste them, in line 7, column 1. */
describe('a broken tag is refused with its place and what was probably meant:', () => {
  it.each([
    // A space is missing
    [
      '<authstart="true" users="root" passwordfile="/etc/p"/>',
      '7:1: <authstart>: no space between auth and start; probably meant: <auth start="..."',
    ],
    [
      '<failLogpath="/tmp/x" timeToExecute="60"/>',
      '7:1: <failLogpath>: no space between failLog and path; probably meant: <failLog path="..."',
    ],
    [
      '<sshstart ="true"/>',
      '7:1: <sshstart>: no space between ssh and start; probably meant: <ssh start="..."',
    ],
    [
      '<userDefinedPort start="true"port="873"/>',
      '7:30: <userDefinedPort>: no space between the value of start and port; probably meant: start="..." port="..."',
    ],
    [
      '<auth start="true"users="root" passwordfile="/etc/p"/>',
      '7:19: <auth>: no space between the value of start and users; probably meant: start="..." users="..."',
    ],
    ['<ssh ="true"/>', '7:6: <ssh>: a value without a name; probably meant: <ssh start="..."'],
    ['< ssh start="true"/>', '7:1: a space before ssh; probably meant: <ssh'],
    // Quotes
    ['<ssh start=true/>', '7:12: <ssh>: the value of start is not in quotes; probably meant: start="..."'],
    ['<ssh start="true/>', '7:12: <ssh>: the value of start is not closed by "; probably meant: start="..."'],
    [
      '<auth start="true users="root" passwordfile="/etc/p"/>',
      '7:13: <auth>: the value of start is not closed by "; probably meant: start="..." users="..."',
    ],
    [
      '<auth start="true" users="root passwordfile="/etc/p"/>',
      '7:26: <auth>: the value of users is not closed by "; probably meant: users="..." passwordfile="..."',
    ],
    [
      '<auth start="true" users="root" passwordfile="/etc/p/>',
      '7:46: <auth>: the value of passwordfile is not closed by "; probably meant: passwordfile="..."',
    ],
    [
      `<ssh start='true"/>`,
      `7:12: <ssh>: the value of start is not closed by '; probably meant: start="..."`,
    ],
    ['<ssh start="true""/>', '7:18: <ssh>: one quote too many behind start; remove the "'],
    [
      '<commonParams params="-artuz\n --delete"/>',
      '7:22: <commonParams>: the value of params is not closed by "; probably meant: params="..."',
    ],
    [
      '<commonParams params="-artuz < x"/>',
      '7:30: <commonParams>: < in params; close the quote before it, or write &lt;',
    ],
    // What looks like ASCII
    ['<ssh start=“true”/>', '7:12: <ssh>: U+201C inside the tag; write the ASCII "'],
    ['<ssh start="true”/>', '7:17: <ssh>: U+201D instead of the closing " of start; write the ASCII "'],
    ['<ssh start=‘true’/>', "7:12: <ssh>: U+2018 inside the tag; write the ASCII '"],
    ['<ssh\u3000start="true"/>', '7:5: <ssh>: U+3000 inside the tag; write an ordinary space'],
    ['<ssh start="true"\u3000/>', '7:18: <ssh>: U+3000 inside the tag; write an ordinary space'],
    ['<ssh\u00a0start="true"/>', '7:5: <ssh>: U+00A0 inside the tag; write an ordinary space'],
    ['<ssh start＝"true"/>', '7:11: <ssh>: U+FF1D inside the tag; write the ASCII ='],
    ['<ssh start="true"／>', '7:18: <ssh>: U+FF0F inside the tag; write the ASCII /'],
    ['＜ssh start="true"/＞', '7:1: U+FF1C between the tags; write the ASCII <'],
    ['<\u200bssh start="true"/>', '7:2: U+200B behind <; write an ordinary space'],
    // The value or its =
    ['<ssh start/>', '7:6: <ssh>: start has no value; probably meant: start="..."'],
    ['<ssh start=/>', '7:12: <ssh>: start has no value; probably meant: start="..."'],
    ['<ssh start "true"/>', '7:6: <ssh>: no = behind start; probably meant: start="..."'],
    ['<ssh start=="true"/>', '7:12: <ssh>: one = too many behind start; probably meant: start="..."'],
    ['<ssh start="true" start="false"/>', '7:19: <ssh>: start stands twice; keep one of them'],
    // The end of the tag
    ['<ssh start="true"', '7:1: <ssh>: the tag is not closed; add /> at its end'],
    [
      '<ssh start="true"\n<timeout start="true" time="5"/>',
      '7:1: <ssh>: the tag is not closed; add /> at its end',
    ],
    ['<crontab start="true"', '7:1: <crontab>: the tag is not closed; add > at its end'],
    ['<ssh start="true"/ >', '7:18: <ssh>: / inside the tag; an element without content ends with />'],
    ['<ssh start="true"\\>', '7:18: <ssh>: \\ inside the tag; an element without content ends with />'],
    ['<ssh start="true"/>>', '7:20: > that closes nothing; remove it'],
    ['<ssh start="true" ,/>', '7:19: <ssh>: , inside the tag; remove it, or put it into quotes'],
    ['<ssh start="true"></ssh', '7:19: </ssh is not closed; probably meant: </ssh>'],
    ['<1ssh start="true"/>', '7:1: < without the name of an element; remove it, or write &lt;'],
    [
      `<a ${Array.from({ length: 33 }, (_, number) => `a${number}=""`).join(' ')}/>`,
      '7:218: <a>: more than 32 attributes; this is not a config file',
    ],
  ])('%s', (snippet, message) => {
    expect(errorOf(snippet)).toBe(`c.xml:${message}`);
  });
});

describe('elements that do not fit into each other are refused:', () => {
  it.each([
    ['<ssh start="true">', '8:1: <ssh> of line 7 is not closed before </rsync>; probably meant: <ssh .../>'],
    ['<crontab start="true">', '8:1: <crontab> of line 7 is not closed before </rsync>; add </crontab>'],
    ['<rsync><rsync>', '10:1: <rsync> of line 7 is not closed before </sersync>; add </rsync>'],
    ['<ssh start="true"></shs>', '7:19: </shs> closes nothing; probably meant: </ssh>'],
    ['<ssh start="true"/></ssh>', '7:20: </ssh> closes nothing; <ssh> was closed in line 7'],
    ['<ssh start="true"/></rsync>', '8:1: </rsync> closes nothing; <rsync> was closed in line 7'],
    ['</timeout>', '7:1: </timeout> closes nothing; remove it, or add its opening tag'],
    [`${'<a>'.repeat(14)}`, '7:40: elements are nested more than 16 deep'],
  ])('%s', (snippet, message) => {
    expect(errorOf(snippet)).toBe(`c.xml:${message}`);
  });
});

describe('what is no element is refused:', () => {
  it.each([
    [
      '<!-- <ssh start="true"/> <!-- off --> <timeout start="true" time="5"/> -->',
      '7:72: --> outside of a comment; comments do not nest: the first --> ended this one',
    ],
    ['<!-- ssh is off', '7:1: the comment is never closed; add -->'],
    ['<ssh>true</ssh>', '7:6: text between the tags begins with t; probably meant: <ssh start="...">'],
    [
      'ssh start="true"',
      '7:1: text between the tags begins with s; remove it, or make it a comment: <!-- ... -->',
    ],
    [
      '&lt;ssh start=&quot;true&quot;/&gt;',
      '7:1: &lt; where a tag should begin; replace &lt; &gt; &quot; in the whole file by < > "',
    ],
    [
      '<commonParams><![CDATA[-artuz]]></commonParams>',
      '7:15: CDATA is not allowed in a config; every setting is an attribute: name="..."',
    ],
    ['<?php echo 1 ?>', '7:1: <? begins no <?xml ... ?>; remove it'],
    ['<?xml version="1.0"?>', '7:1: <?xml ... ?> is not at the start of the file; move it to the first line'],
    ['<!ELEMENT ssh EMPTY>', '7:1: <! begins neither a tag nor a comment; a comment is written <!-- ... -->'],
  ])('%s', (snippet, message) => {
    expect(errorOf(snippet)).toBe(`c.xml:${message}`);
  });
});

describe('a document that is none is refused:', () => {
  it.each([
    ['', '1:1: no element in the file; this is not a confxml.xml, which begins with <head version="2.5">'],
    [
      '<!-- all of it -->\n',
      '1:1: no element in the file; this is not a confxml.xml, which begins with <head version="2.5">',
    ],
    [
      'host = localhost',
      '1:1: the file begins with h, not with <head>; this is not a confxml.xml, which begins with <head version="2.5">',
    ],
    [
      '{ "localpath": "<x>" }',
      '1:1: the file begins with {, not with <head>; this is not a confxml.xml, which begins with <head version="2.5">',
    ],
    [
      '-- lua\nsettings {}',
      '1:1: the file begins with -, not with <head>; this is not a confxml.xml, which begins with <head version="2.5">',
    ],
    [
      '# Notes\n\n<b>bold</b>',
      '1:1: the file begins with #, not with <head>; this is not a confxml.xml, which begins with <head version="2.5">',
    ],
    [
      '<filter/>\n<sersync></sersync>',
      '2:1: <sersync> after the end of the document; put everything into <head version="2.5">...</head>',
    ],
    [
      '<head><filter></filter>s</head>',
      '1:24: text between the tags begins with s; remove it, or make it a comment: <!-- ... -->',
    ],
    ['<?xml version="1.0">\n<head/>', '1:20: <xml>: not closed by ?>; write ?> instead of >'],
    ['<?xml version="1.0"\n<head/>', '1:1: <xml>: the tag is not closed; add ?> at its end'],
    ['<!DOCTYPE head [<!ENTITY a "b">]><head/>', '1:1: DOCTYPE is not allowed in a config; remove it'],
    ['<head version="2.5">', '1:1: <head> is never closed; add </head>'],
    [
      '<head></head>\n<head/>',
      '2:1: <head> after the end of the document; everything belongs into one <head>...</head>',
    ],
    ['<Head></Head>', '1:1: the document begins with <Head>, not with <head>; probably meant: <head>'],
    ['<html></html>', '1:1: the document begins with <html>, not with <head>; this is not a confxml.xml'],
  ])('%j', (text, message) => {
    expect(documentError(text)).toBe(`c.xml:${message}`);
  });
});

describe('what XML allows, or does no harm, is taken:', () => {
  it.each([
    ['spaces and lines inside a tag', '<ssh\n  start = "true"\n\t/>'],
    ['single quotes', "<ssh start='true'/>"],
    ['> in a value', '<ssh start="true" note=">"/>'],
    ['an element of two tags', '<ssh start="true"></ssh>'],
    ['a space at the end of a tag', '<ssh start="true" ></ssh >'],
    ['a comment of dashes', '<!--------- ssh ---------><ssh start="true"/>'],
    ['a tag in a comment', '<!--<ssh start="false"/>--><ssh start="true"/>'],
  ])('%s', (_, rsync) => {
    expect(parse({ rsync }).config.sersync.rsync.ssh).toEqual({ isOn: true });
  });

  it('blank lines before the declaration', () => {
    const text = `\n\n<?xml version="1.0" encoding='ISO-8859-1' ?>${confxml({})}`;
    expect(parseConfig(Buffer.from(text), 'c.xml').notes).toEqual([]);
  });

  it('a comment that begins inside a comment, with a note', () => {
    expect(notesOf({ rsync: '<!-- one <!-- two -->' })).toEqual([
      '7:10: a comment begins inside a comment; both end at the first -->',
    ]);
  });
});

describe('a broken tag of a GBK file', () => {
  it('is refused by the bytes of its look-alikes', () => {
    const [before, after] = confxml({ rsync: '@' }).split('@') as [string, string];
    const gbk = (hex: string) =>
      Buffer.concat([Buffer.from(before), Buffer.from(hex, 'hex'), Buffer.from(after)]);
    const error = (hex: string) => configErrorOf(() => parseConfig(gbk(hex), 'c.xml'));
    const start = Buffer.from('<ssh start=').toString('hex');
    expect(error(`${start}a1b074727565a1b12f3e`)).toBe(
      'c.xml:7:12: <ssh>: GBK A1 B0 inside the tag; write the ASCII "',
    );
    expect(error(`${start}2274727565a1b12f3e`)).toBe(
      'c.xml:7:17: <ssh>: GBK A1 B1 instead of the closing " of start; write the ASCII "',
    );
    expect(error('a1a13c7373682f3e')).toBe('c.xml:7:1: GBK A1 A1 between the tags; write an ordinary space');
    expect(error('d6d0')).toBe(
      'c.xml:7:1: text between the tags begins with byte D6; remove it, or make it a comment: <!-- ... -->',
    );
  });
});
