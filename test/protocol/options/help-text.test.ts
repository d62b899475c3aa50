import { describe, expect, it } from 'vitest';
import { helpText } from '../../../src/protocol/options/help-text.ts';
import { optionTable } from '../../../src/protocol/options/option-table.ts';

const lines = helpText().split('\n');

describe('the help', () => {
  it('shows how an option is written and what it does', () => {
    expect(lines).toContain('  -r, --recursive                send folders with all they hold');
    expect(lines).toContain('  -B, --block-size=SIZE          compare in blocks of this size');
    expect(lines).toContain('      --exclude=PATTERN          leave out what matches');
    expect(lines).toContain('  -P                             the same as --partial --progress');
  });

  it('names every option once, those without effect at the end', () => {
    const names = optionTable.flatMap(({ options }) => options.flatMap(({ names: [name] }) => name ?? []));
    const shown = new Set(helpText().match(/(?<=--)[\w-]+/g));
    expect(names.filter((name) => !shown.has(name))).toEqual([]);
    expect(lines.find((line) => line.startsWith('Not supported:'))).toContain('--acls --xattrs');
    expect(lines.find((line) => line.startsWith('Accepted without effect:'))).toContain('--blocking-io');
  });

  it('fits on a terminal', () => {
    expect(lines.filter((line) => line.startsWith('  ') && line.length > 100)).toEqual([]);
  });
});
