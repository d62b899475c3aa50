import { describe, expect, it } from 'vitest';
import { helpText } from '../../../src/protocol/options/help-text.ts';
import { optionTable } from '../../../src/protocol/options/option-table.ts';

const lines = helpText().split('\n');

describe('the help', () => {
  it('shows how an option is written and what it does', () => {
    expect(lines).toContain('  -r, --recursive                recurse into directories');
    expect(lines).toContain('  -B, --block-size=SIZE          compare in blocks of this size');
    expect(lines).toContain('      --exclude=PATTERN          leave out what matches');
    expect(lines).toContain('  -P                             the same as --partial --progress');
  });

  it('names every option once, those without effect at the end', () => {
    const names = optionTable.flatMap(({ options }) => options.flatMap(({ names: [name] }) => name ?? []));
    const shown = new Set(helpText().match(/(?<=--)[\w-]+/g));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
    const remarks = helpText({ width: 10_000 });
    expect(remarks).toMatch(/^Not supported: .*--acls --xattrs/m);
    expect(remarks).toMatch(/^Accepted without effect: .*--blocking-io/m);
  });

  it.each([40, 60, 72, 80, 100, 132])('has no line of more than %i characters', (width) => {
    const usage = ['tsersync push [OPTION]... SOURCE... rsync://[USER@]HOST[:PORT]/MODULE[/PATH]'];
    const wide = helpText({ usage, width }).split('\n');
    // A word is not broken, and the usage has one of 40 letters.
    const longest = Math.max(width, 50);
    expect(wide.filter((line) => line.length > longest)).toEqual([]);
    expect(wide.join(' ').replaceAll(/\s+/g, ' ')).toBe(helpText({ usage }).replaceAll(/\s+/g, ' '));
  });

  it('shows some options alone, with their groups', () => {
    expect(helpText({ only: ['port', 'motd'] }).split('\n')).toEqual([
      'Connection:',
      '      --port=PORT                port of the daemon (873); one in the URL wins',
      '',
      'Output:',
      expect.stringMatching(/^ {6}--motd {21}show the message/),
      expect.stringMatching(/^ {33}\S/),
      '',
    ]);
  });
});
