import { describe, expect, it } from 'vitest';
import { RemoteExitError, StreamError } from '../../../src/protocol/errors.ts';
import { IoErrors } from '../../../src/protocol/file-list/io-errors.ts';
import { type MessageHandlers, PeerMessages } from '../../../src/protocol/session/messages.ts';
import { frameCodes } from '../../../src/protocol/wire/frame.ts';
import { int32 } from '../../support/frames.ts';

function listen() {
  const heard: unknown[] = [];
  const errors = new IoErrors();
  const handlers: MessageHandlers = {
    onMessage: ({ level, text }) => heard.push(`${level}: ${text}`),
    onDeleted: (path, isFolder) => heard.push(['deleted', path, isFolder]),
    onSuccess: (index) => heard.push(['success', index]),
    onTimeout: (seconds) => heard.push(['timeout', seconds]),
    onExit: () => heard.push('exit'),
  };
  const messages = new PeerMessages(handlers, errors);
  return { messages, errors, heard };
}

describe('what a server says beside its requests', () => {
  it('is text of three kinds, without the end of its line', () => {
    const { messages, heard } = listen();
    messages.handle(frameCodes.info, Buffer.from('one\n'));
    messages.handle(frameCodes.warning, Buffer.from('two\r\n'));
    messages.handle(frameCodes.error, Buffer.from('three: \n\n'));
    messages.handle(frameCodes.errorTransfer, Buffer.from('a\nb'));
    expect(heard).toEqual(['info: one', 'warning: two', 'error: three: \n', 'error: a\nb']);
    expect(messages.errorTexts).toEqual(['three: \n', 'a\nb']);
  });

  it('counts as a failure only if something could not be transferred', () => {
    const { messages, errors } = listen();
    messages.handle(frameCodes.info, Buffer.from('cannot delete non-empty directory: x\n'));
    messages.handle(frameCodes.warning, Buffer.from('hm\n'));
    messages.handle(frameCodes.error, Buffer.from('unknown --groupmap name on receiver: wheel\n'));
    expect(errors.hasErrors).toBe(false);
    messages.handle(frameCodes.errorTransfer, Buffer.alloc(0));
    expect(errors.hasErrors).toBe(true);
  });

  it('keeps bytes that are no text, and control characters, for whoever shows them', () => {
    const { messages, heard } = listen();
    messages.handle(frameCodes.info, Buffer.from('d6d00a1b5b324a0a', 'hex'));
    expect(heard).toEqual(['info: \udcd6\udcd0\n\u001b[2J']);
  });

  it('names what was deleted; a NUL behind the name makes it a folder', () => {
    const { messages, heard } = listen();
    messages.handle(frameCodes.deleted, Buffer.from('a/b'));
    messages.handle(frameCodes.deleted, Buffer.from('a\0'));
    messages.handle(frameCodes.deleted, Buffer.from([0xd6, 0]));
    messages.handle(frameCodes.deleted, Buffer.alloc(0));
    expect(heard).toEqual([
      ['deleted', 'a/b', false],
      ['deleted', 'a', true],
      ['deleted', '\udcd6', true],
      ['deleted', '', false],
    ]);
  });

  it('says in four bytes which entry is in place', () => {
    const { messages, heard } = listen();
    messages.handle(frameCodes.success, int32(7));
    expect(heard).toEqual([['success', 7]]);
  });

  it('announces a timeout', () => {
    const { messages, heard } = listen();
    messages.handle(frameCodes.ioTimeout, int32(20));
    expect(heard).toEqual([['timeout', 20]]);
  });

  it('keeps the first few errors only', () => {
    const { messages } = listen();
    for (let n = 0; n < 1000; n++) messages.handle(frameCodes.error, Buffer.from(`error ${n}`));
    expect(messages.errorTexts).toHaveLength(20);
  });

  it.each([
    [0, {}],
    [1, { hasErrors: true }],
    [2, { hasVanished: true }],
    [3, { hasErrors: true, hasVanished: true }],
    [4, { hitDeleteLimit: true }],
    [6, { hasVanished: true, hitDeleteLimit: true }],
    [8, {}],
  ])('may be an I/O error with the bits %d', (bits, outcome) => {
    const { messages, errors } = listen();
    messages.handle(frameCodes.ioError, int32(bits));
    const { hasErrors, hasVanished, hitDeleteLimit } = errors;
    const nothing = { hasErrors: false, hasVanished: false, hitDeleteLimit: false };
    expect({ hasErrors, hasVanished, hitDeleteLimit }).toEqual({ ...nothing, ...outcome });
  });

  it.each([
    ['success', frameCodes.success, [0, 3, 5]],
    ['timeout', frameCodes.ioTimeout, [0, 3, 6]],
    ['I/O error', frameCodes.ioError, [0, 1, 6]],
    ['exit code', frameCodes.errorExit, [1, 3, 6]],
  ] as const)('must have four bytes for a number: %s', (_name, code, lengths) => {
    for (const length of lengths) {
      const { messages, heard } = listen();
      expect(() => messages.handle(code, Buffer.alloc(length))).toThrow(StreamError);
      expect(heard).toEqual([]);
    }
  });

  it('may be signs of life and what concerns receivers', () => {
    const { messages, errors, heard } = listen();
    for (const code of [frameCodes.noop, frameCodes.noSend]) {
      messages.handle(code, int32(1));
    }
    expect(heard).toEqual([]);
    expect(errors.hasErrors).toBe(false);
  });
});

describe('a server that gives up', () => {
  it('is answered, and its own words are the reason', () => {
    const { messages, heard } = listen();
    messages.handle(frameCodes.error, Buffer.from('ERROR: module is read only\n'));
    messages.handle(frameCodes.error, Buffer.from('rsync error: syntax or usage error (code 1)\n'));
    const exit = () => messages.handle(frameCodes.errorExit, int32(1));
    expect(exit).toThrow(RemoteExitError);
    expect(exit).toThrow('ERROR: module is read only; rsync error: syntax or usage error (code 1)');
    expect(heard.at(-1)).toBe('exit');
  });

  it('may have no words', () => {
    const { messages } = listen();
    expect(() => messages.handle(frameCodes.errorExit, int32(11))).toThrow('with exit code 11');
  });

  it.each([
    [11, 11],
    [255, 255],
    [0, 12],
    [-1, 12],
    [256, 12],
    [2 ** 31 - 1, 12],
  ])('with code %d ends us with %d', (code, exitCode) => {
    const { messages } = listen();
    expect(() => messages.handle(frameCodes.errorExit, int32(code))).toThrow(
      expect.objectContaining({ exitCode }),
    );
  });

  it('confirms our own leave with an empty frame, which is no failure', () => {
    const { messages, heard } = listen();
    messages.handle(frameCodes.errorExit, Buffer.alloc(0));
    expect(heard).toEqual([]);
  });
});
