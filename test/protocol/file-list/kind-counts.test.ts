import { expect, it } from 'vitest';
import { KindCounter } from '../../../src/protocol/file-list/kind-counts.ts';

it('counts entries by their kind', () => {
  const counter = new KindCounter();
  const modes = [0o100_644, 0o104_755, 0o040_755, 0o120_777, 0o020_644, 0o060_660, 0o010_644, 0o140_755];
  for (const mode of modes) counter.count(mode);
  expect(counter.counts).toEqual({ files: 2, folders: 1, symlinks: 1, devices: 2, specials: 2 });
});
