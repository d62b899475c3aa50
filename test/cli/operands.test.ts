import { describe, expect, it } from 'vitest';
import { listOperand, pushOperands } from '../../src/cli/operands.ts';

describe('the operands of a push', () => {
  it('are sources and a module', () => {
    expect(pushOperands(['a', 'b/', 'rsync://me@host:8730/mod/path'], false)).toEqual({
      sources: ['a', 'b/'],
      target: { kind: 'daemon', user: 'me', host: 'host', port: 8730, module: 'mod', path: 'path' },
    });
    expect(pushOperands(['a', 'host::mod'], true).target.module).toBe('mod');
  });

  it.each([
    [[], 1, 'push needs a source and a destination'],
    [['a'], 1, 'a destination is missing'],
    [['host::mod'], 1, 'a source is missing'],
    [['a', 'b'], 1, 'b: a destination is a daemon'],
    [['a', 'host::'], 1, 'host: a destination needs a module'],
    [['a', 'host:path'], 4, 'host: a single colon means a remote shell'],
    [['a', 'rsync://host//x'], 5, 'the path must start with the name of a module'],
    [['', 'host::mod'], 1, 'a source is empty'],
    [['one::m', 'two::m'], 1, 'source and destination cannot both be remote'],
    [['a', 'one::m', 'two::m'], 1, 'source and destination cannot both be remote'],
    [['host::m', 'here'], 4, 'files are not fetched yet'],
  ])('cannot be %j', (operands, exitCode, message) => {
    const refusal = expect.objectContaining({ exitCode, message: expect.stringContaining(message) });
    expect(() => pushOperands(operands, false)).toThrow(refusal);
  });

  it('have one source with --files-from', () => {
    expect(() => pushOperands(['a', 'b', 'host::m'], true)).toThrow('--files-from takes one source');
  });
});

describe('the operand of ls', () => {
  it.each(['host::', 'rsync://host/', 'rsync://host'])('is a daemon: %s', (operand) => {
    expect(listOperand([operand])).toEqual({ kind: 'module-list', host: 'host' });
  });

  it.each([
    [[], 1, 'ls needs one daemon'],
    [['a::', 'b::'], 1, 'ls needs one daemon'],
    [['host::mod'], 4, 'the files of module mod cannot be listed yet'],
    [['rsync://H:8730/one/'], 4, 'rsync://H:8730/ lists the modules'],
    [['rsync://u@[::1]:8730/one/'], 4, 'rsync://u@[::1]:8730/ lists the modules'],
    [['http://host/x'], 4, 'http:// is not a URL of an rsync daemon'],
    [['host:path'], 4, 'a single colon means a remote shell'],
    [['here'], 1, 'here: this is no daemon'],
  ])('cannot be %j', (operands, exitCode, message) => {
    const refusal = expect.objectContaining({ exitCode, message: expect.stringContaining(message) });
    expect(() => listOperand(operands)).toThrow(refusal);
  });
});
