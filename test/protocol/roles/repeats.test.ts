import { expect, it } from 'vitest';
import { ProtocolError } from '../../../src/protocol/errors.ts';
import { Repeats } from '../../../src/protocol/roles/repeats.ts';

it('counts each index by itself, near and far, and lets none come more than 20 times', () => {
  const repeats = new Repeats();
  for (let times = 1; times <= 20; times++) {
    for (const index of [0, 1, 4095, 4096, 2 ** 31 - 1]) expect(repeats.count(index, () => 'x')).toBe(times);
  }
  expect(() => repeats.count(4096, () => 'the peer named 4096')).toThrow(
    new ProtocolError('the peer named 4096 more than 20 times'),
  );
  expect(repeats.count(4097, () => 'x')).toBe(1);
});
