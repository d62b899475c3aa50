import { describe, expect, it } from 'vitest';
import { itemFlags as flags, type Item } from '../../../src/protocol/roles/item.ts';
import { hasChanges, ITEMIZED_DELETION, itemize } from '../../../src/protocol/roles/itemize.ts';

const file = 0o100_644;
const folder = 0o040_755;
const symlink = 0o120_777;
const device = 0o020_644;
const fifo = 0o010_644;

const { transfer, localChange, isNew, nameFollows } = flags;
const { reportChange, reportSize, reportTime, reportPerms, reportOwner, reportGroup } = flags;

const kept = { protocol: 32, times: true };
const notKept = { protocol: 32, times: false };

function itemized(mode: number, bits: number, terms = kept): string {
  const entry = { name: 'x', mode, size: 0, mtime: 0, mtimeNs: 0, uid: 0, gid: 0 };
  return itemize(entry, item(bits), terms);
}

function item(bits: number): Item {
  return { index: 0, flags: bits };
}

/** What rsync 3.5.0 printed for a push with such changes. */
describe('an itemized change', () => {
  it.each([
    ['<f+++++++++', file, transfer | isNew | reportSize | reportTime],
    ['cd+++++++++', folder, localChange | isNew],
    ['cL+++++++++', symlink, localChange | isNew],
    ['cD+++++++++', device, localChange | isNew],
    ['cS+++++++++', fifo, localChange | isNew],
    ['hf+++++++++', file, localChange | isNew | nameFollows],
    ['<f.st......', file, transfer | reportSize | reportTime],
    ['<fcst......', file, transfer | reportChange | reportSize | reportTime],
    ['<f.stp.....', file, transfer | reportSize | reportTime | reportPerms],
    ['<f.........', file, transfer],
    ['.f...p.....', file, reportPerms],
    ['.f....og...', file, reportOwner | reportGroup],
    ['.f......u..', file, flags.reportAtime],
    ['.d..t......', folder, reportTime],
    ['.S...p.....', fifo, reportPerms],
    ['cLc.t......', symlink, localChange | reportChange | reportTime],
    ['cDc........', device, localChange | reportChange],
    ['hf..t......', file, localChange | nameFollows | reportTime],
  ])('%s', (expected, mode, bits) => {
    expect(itemized(mode, bits)).toBe(expected);
  });

  it.each([
    ['.f         ', file, 0],
    ['.d         ', folder, 0],
    ['hf         ', file, localChange | nameFollows],
    ['cd         ', folder, localChange],
  ])('is blank where nothing differs: "%s"', (expected, mode, bits) => {
    expect(itemized(mode, bits)).toBe(expected);
    expect(hasChanges(item(bits))).toBe(false);
  });

  it.each([
    ['<f..T......', file, transfer | reportTime],
    ['<f.sT......', file, transfer | reportSize | reportTime],
    ['<fcsT......', file, transfer | reportChange | reportSize | reportTime],
    ['cLc.T......', symlink, localChange | reportChange | reportTime],
  ])('has a great T where times are not kept: %s', (expected, mode, bits) => {
    expect(itemized(mode, bits, notKept)).toBe(expected);
  });

  it('has a great T for a symlink whose time could not be set', () => {
    expect(itemized(symlink, localChange | reportTime | reportSize)).toBe('cL..T......');
  });

  it('has a great T for every symlink below protocol 30', () => {
    const bits = localChange | reportChange | reportTime;
    expect(itemized(symlink, bits, { protocol: 29, times: true })).toBe('cLc.T......');
    expect(itemized(file, transfer | reportTime, { protocol: 29, times: true })).toBe('<f..t......');
  });

  it('shows both use times in one place', () => {
    expect(itemized(file, flags.reportCrtime)).toBe('.f......n..');
    expect(itemized(file, flags.reportCrtime | flags.reportAtime)).toBe('.f......b..');
  });

  it('shows ACLs and extended attributes', () => {
    expect(itemized(file, flags.reportAcl | flags.reportXattr)).toBe('.f.......ax');
  });

  it('knows nothing below protocol 29', () => {
    expect(itemized(file, transfer, { protocol: 28, times: true })).toBe('<f?????????');
  });

  it('is as wide as the mark of a deletion', () => {
    expect(ITEMIZED_DELETION).toBe('*deleting  ');
    expect(ITEMIZED_DELETION).toHaveLength(itemized(file, 0).length);
  });
});
