import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/protocol/errors.ts';
import { encodeArguments } from '../../../src/protocol/handshake/argument-list.ts';
import { parseOptions } from '../../../src/protocol/options/parse-options.ts';
import { type ServerArguments, serverArguments } from '../../../src/protocol/options/server-arguments.ts';
import { Encoder } from '../../../src/protocol/wire/encoder.ts';

function encoded(argumentList: ServerArguments, protocol: number): Buffer {
  const encoder = new Encoder();
  encodeArguments(encoder, argumentList, protocol);
  return encoder.view();
}

interface Session {
  readonly args: readonly string[];
  readonly protocol: number;
  readonly exchange: ReadonlyArray<{ readonly from: string; readonly hex: string }>;
}

const WELCOME = Buffer.from('@RSYNCD: OK\n').toString('hex');

function recordedSession(name: string): Session {
  const file = join(import.meta.dirname, '../../../fixtures/wire', `session-${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Session;
}

describe('an argument list', () => {
  it.each([
    ...['push-3.5.0', 'push-3.2.7', 'push-3.0.0', 'push-2.6.0', 'push-archive-3.5.0', 'push-secluded-3.5.0'],
    ...['push-tree-delete-3.5.0', 'push-tree-delete-3.5.0-proto28', 'push-tree-delete-2.6.0', 'push-z-3.5.0'],
    ...['push-ccmd5-3.5.0', 'push-3.5.0-proto27', 'push-3.5.0-proto29', 'push-3.5.0-proto30'],
  ])('goes over the wire as in the recorded session %s', (name) => {
    const { args, protocol, exchange } = recordedSession(name);
    const { transfer } = parseOptions(args);
    const terms = { protocol, paths: ['data'], capabilities: 'LsfxCIvu', incrementalRecursion: true };
    const sent = exchange[exchange.findIndex(({ hex }) => hex === WELCOME) + 1];
    expect(encoded(serverArguments(transfer, terms), protocol).toString('hex')).toBe(sent?.hex);
  });

  it('ends every argument with a NUL, or before protocol 30 with a newline', () => {
    const plain = ['--server', '-t', '.', 'm/'];
    expect(encoded({ plain }, 30).toString('latin1')).toBe('--server\0-t\0.\0m/\0\0');
    expect(encoded({ plain }, 29).toString('latin1')).toBe('--server\n-t\n.\nm/\n\n');
  });

  it('keeps names that are not UTF-8', () => {
    expect(encoded({ plain: ['m/\udcd6ü'] }, 31)).toEqual(Buffer.from('6d2fd6c3bc0000', 'hex'));
  });

  it('does not hold an empty argument, which would end it', () => {
    expect(() => encoded({ plain: ['--server', ''] }, 31)).toThrow(UsageError);
    expect(() => encoded({ plain: ['--server'], secluded: ['rsync', ''] }, 31)).toThrow('is empty');
  });

  it('does not hold what ends an argument', () => {
    expect(() => encoded({ plain: ['a\0b'] }, 31)).toThrow('a NUL');
    expect(() => encoded({ plain: ['a\nb'] }, 29)).toThrow('needs protocol 30');
    expect(() => encoded({ plain: ['a\rb'] }, 29)).toThrow('needs protocol 30');
    expect(encoded({ plain: ['a\nb'] }, 30).toString('latin1')).toBe('a\nb\0\0');
  });

  it('does not hold an argument that a server would cut', () => {
    expect(encoded({ plain: ['x'.repeat(5119)] }, 31)).toHaveLength(5121);
    expect(() => encoded({ plain: ['ü'.repeat(2560)] }, 31)).toThrow('5120 bytes is longer than 5119');
  });
});
