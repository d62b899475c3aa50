import { describe, expect, it } from 'vitest';
import { ratioText, scaledName } from '../../bench/scaled.ts';
import { UnknownWordError } from '../../bench/unknown-word.ts';

describe('a row of the table of figures', () => {
  it.each([
    ['100,000 small files, first push', 1, '100,000 small files, first push'],
    ['100,000 small files, first push', 0.02, '2,000 small files, first push'],
    ['2 GiB, one block changed', 0.1, '0.2 GiB, one block changed'],
    ['500 MiB of text, -z', 0.1, '50 MiB of text, -z'],
  ])('%s, scaled by %d, is called %s', (name, scale, expected) => {
    expect(scaledName(name, scale)).toBe(expected);
  });

  it('has a dash where the other program took no time', () => {
    expect([ratioText(3, 2), ratioText(3, 0), ratioText(0, 0)]).toEqual(['1.50', '-', '-']);
  });
});

it('says which benchmarks there are', () => {
  expect(new UnknownWordError('nonsense', ['push', 'latency']).message).toBe(
    'there is no nonsense; choose from push, latency',
  );
});
