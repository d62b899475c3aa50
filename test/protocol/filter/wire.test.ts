import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError, RsyncError } from '../../../src/protocol/errors.ts';
import { parseFilters } from '../../../src/protocol/filter/parse-filters.ts';
import { type FilterRule, patternRule, plainTraits } from '../../../src/protocol/filter/rule.ts';
import {
  type Direction,
  decodeFilterList,
  encodeFilterList,
  pushSendsFilterList,
} from '../../../src/protocol/filter/wire.ts';
import type { FilterOption, TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import { Cursor, NEED_MORE } from '../../../src/protocol/wire/cursor.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';
import { assertDecodes } from '../../support/decoding.ts';
import { arbitraryRuling } from '../../support/filter-cases.ts';
import { wireTexts } from '../../support/filter-texts.ts';
import { runs } from '../../support/runs.ts';

const settings = { from0: false, deleteExcluded: false, cvsIgnore: {} };

function rulesOf(...texts: readonly string[]): readonly FilterRule[] {
  return parseFilters({ filters: texts.map((text) => ({ kind: 'filter', text })) }).rules;
}

function encoded(rules: readonly FilterRule[], protocol: number, direction: Direction): Buffer {
  const encoder = new Encoder();
  encodeFilterList(encoder, rules, protocol, direction);
  return encoder.view();
}

interface Session {
  readonly protocol: number;
  readonly args: readonly string[];
  readonly exchange: ReadonlyArray<{ readonly from: string; readonly hex: string }>;
}

function readSession(name: string): Session {
  const file = new URL(`../../../fixtures/wire/session-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** What the client says right behind the set-up: the filter list, in a data frame from protocol 30 on. */
function bytesFromFilterList({ exchange, protocol }: Session): Buffer {
  const isList = ({ from, hex }: { from: string; hex: string }) =>
    from === 'client' && /^(?:[0-9a-f]{8})?0[35]000000(?:2d20)?2a2e6f/.test(hex);
  const bytes = Buffer.from(exchange.find(isList)?.hex ?? '', 'hex');
  return protocol >= 30 ? bytes.subarray(4) : bytes;
}

describe('a filter list', () => {
  it.each([
    ['push-tree-delete-2.6.0', 'push', 20],
    ['push-tree-delete-3.0.0', 'push', 24],
    ['push-tree-delete-3.5.0', 'push', 24],
    ['push-tree-delete-3.5.0-proto28', 'push', 31],
    ['push-tree-delete-3.5.0-proto29', 'push', 35],
    ['push-tree-delete-3.5.0-proto30', 'push', 35],
    ['pull-filter-3.5.0', 'pull', 13],
  ] as const)('is what the real client sent in %s', (name, direction, length) => {
    const session = readSession(name);
    const filters = session.args.flatMap((arg): FilterOption[] => {
      const [, kind, text] = /^--(exclude|include)=(.*)$/.exec(arg) ?? [];
      return text === undefined ? [] : [{ kind: kind === 'exclude' ? 'exclude' : 'include', text }];
    });
    const wire = encoded(parseFilters({ filters }).rules, session.protocol, direction);
    expect(wire.length).toBe(length);
    expect(wire.toString('hex')).toBe(bytesFromFilterList(session).toString('hex', 0, length));
  });

  it('is read back, however the bytes arrive', async () => {
    const modern =
      '05000000 2d202a2e6f 08000000 2b206b6565702e6f 06000000 2d727020782f 06000000 3a6e2d202e66 00000000';
    await assertDecodes(
      Buffer.from(modern.replaceAll(' ', ''), 'hex'),
      () => (cursor) => decodeFilterList(cursor, 32, settings).rules,
      [
        patternRule('exclude', '*.o'),
        patternRule('include', 'keep.o'),
        patternRule('exclude', 'x/', { side: 'receiver', isPerishable: true }),
        {
          ...{ ...plainTraits, kind: 'dir-merge', file: '.f', content: 'excludes' },
          ...{ isInherited: false, isWordwise: false },
        },
      ],
    );
    const old =
      '03000000 2a2e6f 05000000 2b20ff2e6f 01000000 21 05000000 2d7220780a 06000000 2d202d2020ff 00000000';
    await assertDecodes(
      Buffer.from(old.replaceAll(' ', ''), 'hex'),
      () => (cursor) => decodeFilterList(cursor, 28, settings).rules,
      [patternRule('exclude', '-r x\n'), patternRule('exclude', '-  \udcff')],
    );
  });

  it('comes back as it went', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryRuling, { maxLength: 3 }),
        fc.constantFrom<Direction>('push', 'pull'),
        (rulings, direction) => {
          const filters = rulings.flatMap(({ options }) => options.filters);
          const { rules } = parseFilters({
            filters: filters.filter((filter) => !('text' in filter && /^[-+] $/.test(filter.text))),
          });
          const texts = wireTexts(rules, direction);
          const decoded = decodeFilterList(new Cursor(encoded(rules, 32, direction)), 32, settings);
          expect(wireTexts(decoded.rules, direction)).toEqual(texts);
        },
      ),
    );
  });

  it('of any bytes gives rules, waits for more, or fails as a peer does', () => {
    const length = fc.oneof(fc.integer({ min: -2, max: 40 }), fc.integer());
    const piece = fc.oneof(
      length.map((value) => Buffer.from(Int32Array.of(value).buffer)),
      fc.string({ maxLength: 12 }).map((text) => Buffer.from(text)),
      fc.constantFrom('- ', '+ ', ':', '. ', '!', '-C', '[', '*').map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom(28, 29, 32), (pieces, protocol) => {
        try {
          decodeFilterList(new Cursor(Buffer.concat(pieces)), protocol, settings);
        } catch (thrown) {
          if (thrown !== NEED_MORE) expect(thrown).toBeInstanceOf(RsyncError);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('is bounded', () => {
    const decode = (wire: Buffer) => () => decodeFilterList(new Cursor(wire), 32, settings);
    const rule = (length: number) =>
      Buffer.concat([Buffer.from(Int32Array.of(length).buffer), Buffer.alloc(Math.max(0, length), '-')]);
    expect(decode(rule(5120))).toThrow('length of a filter rule: 5120 is not in [0, 5119]');
    expect(decode(rule(-1))).toThrow(ProtocolError);
    expect(decode(Buffer.concat(Array.from({ length: 3300 }, () => rule(5119))))).toThrow(
      'more than 16777216 bytes',
    );
  });

  it('with a mistake in it is the fault of the peer', () => {
    const wire = (text: string) =>
      Buffer.concat([Buffer.from(Int32Array.of(text.length).buffer), Buffer.from(`${text}\0\0\0\0`)]);
    for (const text of ['foo', '-k x', '- ', '. /etc/passwd', `- ${'x'.repeat(4096)}`]) {
      expect(() => decodeFilterList(new Cursor(wire(text)), 32, settings)).toThrow(ProtocolError);
    }
  });
});

describe('rules on the wire', () => {
  /** Recorded from the client of rsync 3.5.0; undefined where it gives up. */
  it.each([
    ['-s a', [], [], [], ['-s a'], ['-s a'], ['a']],
    ['-r a', ['-r a'], ['-r a'], ['a'], [], [], []],
    ['-sr a', ['-sr a'], ['-sr a'], ['a'], ['-sr a'], ['-sr a'], ['a']],
    ['-/ a', ['-/ a'], ['-/ a'], undefined, ['-/ a'], ['-/ a'], undefined],
    ['-! a', ['-! a'], ['-! a'], undefined, ['-! a'], ['-! a'], undefined],
    ['-x a', ['-x a'], ['-x a'], undefined, ['-x a'], ['-x a'], undefined],
    ['-p a', ['-p a'], undefined, undefined, ['-p a'], ['- a'], ['a']],
    ['-/s a', [], [], [], ['-/s a'], ['-/s a'], undefined],
    ['-prs/! a', ['-/!srp a'], undefined, undefined, ['-/!srp a'], ['-/!sr a'], undefined],
    ['+ !', ['+ !'], ['+ !'], ['+ !'], ['+ !'], ['+ !'], ['+ !']],
    ['+ - x', ['+ - x'], ['+ - x'], ['+ - x'], ['+ - x'], ['+ - x'], ['+ - x']],
    ['- + x/', ['- + x/'], ['- + x/'], ['- + x/'], ['- + x/'], ['- + x/'], ['- + x/']],
    ['- +x', ['- +x'], ['- +x'], ['+x'], ['- +x'], ['- +x'], ['+x']],
    ['- -', ['- -'], ['- -'], ['-'], ['- -'], ['- -'], ['-']],
    ['- !/', ['- !/'], ['- !/'], ['!/'], ['- !/'], ['- !/'], ['!/']],
    [': .f', [': .f'], [': .f'], undefined, [': .f'], [': .f'], undefined],
    [':p .f', [':p .f'], undefined, undefined, [':p .f'], [': .f'], undefined],
    [':s .f', [], [], [], [':s .f'], [':s .f'], undefined],
    [':r .f', [':r .f'], [':r .f'], undefined, [], [], []],
    [':xw+nprs/ .f', [':/nw+xsrp .f'], undefined, undefined, [':/nw+xsrp .f'], [':/nw+xsr .f'], undefined],
    [':Cxprs/ .f', [':/Cxsrp .f'], undefined, undefined, [':/Cxsrp .f'], [':/Cxsr .f'], undefined],
    ['-Cp', ['-p RCS'], undefined, undefined, ['-Cp '], ['-C '], ['RCS']],
    ['-Cr', ['-rp RCS'], ['-r RCS'], ['RCS'], [], [], []],
    ['-Cs', [], [], [], ['-Cs '], ['-Cs '], ['RCS']],
    ['+C', ['+p RCS'], ['+ RCS'], ['+ RCS'], ['+C '], ['+C '], ['+ RCS']],
  ])('%s is said as each version understands it', (rule, ...expected) => {
    const texts = (direction: Direction, protocol: number) => {
      try {
        return wireTexts(rulesOf(rule), direction, protocol).slice(0, 1);
      } catch (thrown) {
        expect(thrown).toEqual(new ProtocolError('filter rules are too modern for remote rsync.'));
        return undefined;
      }
    };
    const versions = [32, 29, 28] as const;
    const said = (['push', 'pull'] as const).flatMap((direction) =>
      versions.map((version) => texts(direction, version)),
    );
    expect(said).toEqual(expected);
    const older = (['push', 'pull'] as const).flatMap((direction) => [
      texts(direction, 30),
      texts(direction, 27),
    ]);
    expect(older).toEqual([expected[0], expected[2], expected[3], expected[5]]);
  });

  it('never tell an old server to forget all rules', () => {
    expect(wireTexts(rulesOf('- !'), 'push', 28)).toEqual(['- !']);
  });

  it('that the program adds lose what an old server does not know', () => {
    const { rules } = parseFilters({ partialDir: 'pd', cvsExclude: true, backup: true, delete: 'default' });
    expect(wireTexts(rules, 'push', 32).slice(0, 4)).toEqual(['-r *~', '-p pd/', ':C .cvsignore', '-p RCS']);
    expect(wireTexts(rules, 'push', 29).slice(0, 4)).toEqual(['-r *~', '- pd/', ':C .cvsignore', '- RCS']);
    expect(wireTexts(rules, 'push', 28).slice(0, 3)).toEqual(['*~', 'pd/', 'RCS']);
    expect(wireTexts(rules, 'pull', 28)).toEqual(['pd/']);
  });
});

describe('a push', () => {
  it('sends a filter list only if the server needs one', () => {
    const sends = (options: TransferOptions, protocol = 32) =>
      pushSendsFilterList(options, rulesOf('H a'), protocol);
    expect(sends({})).toBe(false);
    expect(sends({ force: true, maxDelete: 3, deleteMissingArgs: true })).toBe(false);
    expect(sends({ pruneEmptyDirs: true })).toBe(true);
    expect(sends({ delete: 'default' })).toBe(true);
    expect(sends({ delete: 'after' }, 27)).toBe(true);
    expect(sends({ deleteExcluded: true })).toBe(true);
    expect(sends({ deleteExcluded: true }, 28)).toBe(false);
  });

  it('does not let an old server delete what a rule for it protects', () => {
    const options = { deleteExcluded: true };
    expect(() => pushSendsFilterList(options, rulesOf('P a'), 28)).toThrow(ProtocolError);
    expect(pushSendsFilterList(options, rulesOf('P a'), 29)).toBe(true);
  });
});
