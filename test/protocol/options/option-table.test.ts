import { describe, expect, it } from 'vitest';
import recorded from '../../../fixtures/args/spellings.json' with { type: 'json' };
import { optionTable, spellings } from '../../../src/protocol/options/option-table.ts';

describe('the table of options', () => {
  const specs = optionTable.flatMap(({ options }) => options);

  it('has no spelling twice', () => {
    const count = specs.reduce((sum, { names, letter, no }) => {
      const letters = letter === undefined ? 0 : 1;
      const negated = no === undefined ? 0 : names.length + (no === 'names' ? 0 : letters);
      return sum + names.length + letters + negated;
    }, 0);
    expect(spellings.size).toBe(count);
  });

  it('gives every option one line of help', () => {
    expect(specs.filter(({ help }) => help === '' || help.includes('\n'))).toEqual([]);
  });

  it('undoes something wherever --no- is allowed', () => {
    const idle = specs.filter(
      ({ no, effect }) => no !== undefined && effect.kind === 'set' && !effect.revoke,
    );
    expect(idle.map(({ names }) => names[0])).toEqual([]);
  });

  it('knows all spellings of rsync 3.5.0 and no others', () => {
    const known = [...spellings].filter(([, { spec }]) => spec.isOurs !== true).map(([spelling]) => spelling);
    expect(known.sort()).toEqual(recorded.spellings);
  });
});
