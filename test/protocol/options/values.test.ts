import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/protocol/errors.ts';
import {
  parseBandwidth,
  parseChmod,
  parseChoice,
  parseInteger,
  parseSize,
} from '../../../src/protocol/options/values.ts';

function of(value: string) {
  return { option: '--option', value };
}

describe('a whole number', () => {
  it.each([
    ['', 0],
    ['5', 5],
    ['+5', 5],
    [' 5', 5],
    ['-0x10', -16],
    ['0X1f', 31],
    ['010', 8],
    ['0', 0],
    ['-0', 0],
    ['2147483647', 2_147_483_647],
    ['-2147483648', -2_147_483_648],
  ])('is read from %j as strtol(3) does', (text, number) => {
    expect(parseInteger(of(text))).toBe(number);
  });

  it.each(['5 ', '08', '--5', '0b11', '1.5', '1e3', '-', ' ', 'x', '2147483648', '99999999999999999999'])(
    'is not %j',
    (text) => {
      expect(() => parseInteger(of(text))).toThrow(UsageError);
    },
  );

  it('may have bounds', () => {
    expect(() => parseInteger(of('0'), { min: 1 })).toThrow("--option: '0' is not in [1, 2147483647]");
  });
});

describe('a size', () => {
  it.each([
    ['', 0],
    ['10k', 10_240],
    ['1.5m', 1_572_864],
    ['1GB', 1_000_000_000],
    ['1k-1', 1023],
    ['1K+1', 1025],
    ['1kib', 1024],
    ['1kB', 1000],
    ['1B', 1],
    ['.5k', 512],
    ['1.999k', 2046],
    ['1.33m', 1_394_606],
    ['4.35gb', 4_350_000_000],
    ['1.5-1', 0],
    ['5.5k+1', 5633],
    ['1.', 1],
    ['.', 0],
    ['1PB', 1e15],
  ])('is read from %j as rsync does', (text, bytes) => {
    expect(parseSize(of(text))).toBe(bytes);
  });

  it.each(['+1', '-1', '1,5k', '1e3', '1kk', '1Ki', '1k+2', '1k+', '0-1', '..', ' 5', '8192p', 'max'])(
    'is not %j',
    (text) => {
      expect(() => parseSize(of(text))).toThrow(UsageError);
    },
  );
});

describe('a bandwidth', () => {
  it.each([
    ['100', 100],
    ['1.5m', 1536],
    ['0', 0],
    ['0.5', 1],
    ['1.6', 2],
    ['1535b', 1],
    ['1536b', 2],
    ['1MB', 977],
  ])('is read from %j in KiB per second', (text, kibibytes) => {
    expect(parseBandwidth(of(text))).toBe(kibibytes);
  });

  it('is at least half a KiB and fits what servers take', () => {
    expect(() => parseBandwidth(of('511b'))).toThrow('at least 512 bytes');
    expect(() => parseBandwidth(of('2048g'))).toThrow('at most 2147483647');
  });
});

describe('modes for chmod', () => {
  it.each([
    'u=rwx,g=rx,o=',
    'D2775,F664',
    'Fu+x',
    '+X',
    'ug=o',
    'g-o',
    'u=',
    '=rx',
    '7777',
    '00644',
    'DD755',
    'u+t,a+s',
  ])('are %j', (text) => {
    expect(parseChmod(of(text))).toEqual(text.split(','));
  });

  it.each([
    '',
    'zz',
    'u+rw,',
    '99',
    'FD755',
    'D',
    'a',
    'u+w-x',
    'u=gw',
    'u=go',
    '17777',
    '+644',
    'u+r, g+w',
    ',u+r',
  ])('are not %j', (text) => {
    expect(() => parseChmod(of(text))).toThrow(UsageError);
  });
});

describe('a choice', () => {
  it('may be abbreviated', () => {
    expect(parseChoice(of('c'), ['all', 'client'])).toBe('client');
    expect(() => parseChoice(of(''), ['all', 'client'])).toThrow('is not one of all, client');
    expect(() => parseChoice(of('clients'), ['all', 'client'])).toThrow(UsageError);
  });
});
