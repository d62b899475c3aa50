import { describe, expect, it } from 'vitest';
import { digestLengths } from '../../../src/protocol/checksum/strong.ts';
import type { PushListeners } from '../../../src/protocol/client/push-listeners.ts';
import type { Problem } from '../../../src/protocol/errors.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';
import type { Terms } from '../../../src/protocol/terms.ts';
import { describeBasis, md5, rebuildInPlace } from '../../support/basis.ts';
import { frame, int32 } from '../../support/frames.ts';
import { generatedBytes } from '../../support/generated-bytes.ts';
import { MemoryTree, memoryTree } from '../../support/memory-tree.ts';
import { perform, termsOf } from '../../support/scripted-session.ts';
import { type Answer, behindList, decodeAnswers } from '../../support/sender-stream.ts';
import type { Token } from '../../support/token-decoder.ts';

const SEED = 7;
const NO_HEAD = '00'.repeat(16);
const DONE_5 = '00'.repeat(5);
const terms = termsOf({ protocol: 31, compatFlags: 0x1fe });
/** A request for a new file, by the distance from the last index. */
const newFile = (distance: number) => `0${distance}00a0${NO_HEAD}`;

interface Scene {
  readonly tree: MemoryTree;
  /** What the generator says, in hex. */
  readonly said: string;
  readonly terms?: Terms;
  readonly options?: TransferOptions;
  readonly listeners?: PushListeners;
}

/** A tree without its root entry: files only, indexes from 0. */
function files(contents: Readonly<Record<string, string | Buffer>>): MemoryTree {
  const { entries, contents: bytes } = memoryTree(contents);
  return new MemoryTree(entries.slice(1), bytes);
}

async function play({ tree, said, options = {}, ...scene }: Scene) {
  const agreed = scene.terms ?? terms;
  return await perform({
    terms: agreed,
    options,
    tree,
    fromServer: [int32(SEED), frame(0, Buffer.from(said, 'hex'))],
    ...(scene.listeners && { listeners: scene.listeners }),
  });
}

/** The answers behind the list of a scene. */
function answersIn(data: Buffer, agreed: Terms = terms): Answer[] {
  const digestLength = digestLengths[agreed.transferChecksum];
  const format = { protocol: agreed.protocol, isDryRun: false, isPacked: false, digestLength };
  return decodeAnswers(behindList(data, agreed), format);
}

/** The answers that are transfers. */
function filesIn(data: Buffer, agreed: Terms = terms) {
  return answersIn(data, agreed).flatMap((answer) =>
    answer.kind === 'item' ? [{ ...answer, tokens: (answer.tokens ?? []) as readonly Token[] }] : [],
  );
}

const textOf = (tokens: readonly Token[] = []) =>
  Buffer.concat(
    (tokens ?? []).map((token) => (token.kind === 'literal' ? token.bytes : Buffer.alloc(0))),
  ).toString();

describe('a file that cannot be sent', () => {
  it('is declined, the others arrive, and the receiver is told what went wrong', async () => {
    const tree = files({ f: 'gone', g: 'here' });
    tree.contents.delete('f');
    const { data, messages, result } = await play({ tree, said: newFile(1) + newFile(1) + DONE_5 });
    expect(messages.map(({ code, payload }) => [code, payload.toString('hex')])).toEqual([
      [102, '00000000'],
      [22, '02000000'],
    ]);
    expect(data.toString('latin1')).toContain('here');
    expect(data.subarray(-4).toString('hex')).toBe('00000000');
    expect(result.exitCode).toBe(24);
    expect(result.problems).toMatchObject([{ path: 'f', doing: 'open', kind: 'vanished' }]);
    expect(result.statistics.transferredFiles).toBe(1);
  });

  it('is an error if it is there and may not be read', async () => {
    const tree = files({ f: 'x', g: 'here' });
    const open = tree.open.bind(tree);
    tree.open = (entry) => {
      if (entry.name === 'f') throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
      return open(entry);
    };
    const heard: Problem[] = [];
    const { messages, result } = await play({
      tree,
      said: newFile(1) + newFile(1) + DONE_5,
      listeners: { problem: (problem) => heard.push(problem) },
    });
    expect(messages.map(({ code, payload }) => [code, payload.toString('hex')])).toEqual([
      [102, '00000000'],
      [22, '01000000'],
    ]);
    expect(result.exitCode).toBe(23);
    expect(heard).toEqual(result.problems);
  });

  it('is passed over in silence where the protocol has no word for it', async () => {
    const tree = files({ f: 'gone', g: 'here' });
    tree.contents.delete('f');
    const request = (index: string) => `${index}00a0${NO_HEAD}`;
    const { data, result } = await play({
      tree,
      terms: termsOf({ protocol: 29 }),
      said: request('00000000') + request('01000000') + 'ffffffff'.repeat(4),
    });
    expect(data.subarray(-12).toString('hex')).toBe('ff'.repeat(12));
    expect(data.toString('latin1')).toContain('here');
    expect(result.exitCode).toBe(24);
  });
});

describe('a file that changes while it is sent', () => {
  it('is sent up to the size that it had when it was opened, if it grows', async () => {
    const tree = files({ f: 'hello' });
    const open = tree.open.bind(tree);
    tree.open = (entry) => {
      const file = open(entry);
      tree.contents.set('f', Buffer.from('hello world'));
      return {
        ...file,
        read: (into, position) => (tree.contents.get('f') as Buffer).copy(into, 0, position),
      };
    };
    const { data, result } = await play({ tree, said: newFile(1) + DONE_5 });
    expect(filesIn(data)[0]).toMatchObject({ sum: md5(Buffer.from('hello')).toString('hex') });
    expect(result.exitCode).toBe(0);
  });

  it.each([
    ['shrinks', (): number => 0, 'the file ended after 3 bytes'],
    [
      'cannot be read any further',
      (): number => {
        throw Object.assign(new Error('i/o error'), { code: 'EIO' });
      },
      'i/o error',
    ],
  ])(
    'gets a sum that cannot be right if it %s, and is sent again when it is asked for',
    async (_name, end, text) => {
      const tree = files({ f: 'hello' });
      const open = tree.open.bind(tree);
      let isFirst = true;
      tree.open = (entry) => {
        const file = open(entry);
        if (!isFirst) return file;
        isFirst = false;
        const content = Buffer.from('hel');
        return {
          ...file,
          read: (into, position) => (position < 3 ? content.copy(into, 0, position) : end()),
        };
      };
      const redo = `fe00000c80${NO_HEAD}`;
      const { data, messages, result } = await play({ tree, said: `${newFile(1)}00${redo}00000000` });
      const answers = answersIn(data);
      expect(answers.map((answer) => (answer.kind === 'done' ? 'done' : answer.sum))).toEqual([
        '00'.repeat(16),
        'done',
        md5(Buffer.from('hello')).toString('hex'),
        'done',
        'done',
        'done',
      ]);
      expect(messages).toMatchObject([{ code: 22, payload: int32(1) }]);
      expect(result.problems).toMatchObject([{ path: 'f', doing: 'read', kind: 'failed' }]);
      expect(result.problems[0]?.cause.message).toContain(text);
      expect(result.exitCode).toBe(23);
      expect(tree.stillOpen.size).toBe(0);
    },
  );

  it('gets a wrong sum also where the right one is zero', async () => {
    const tree = files({ f: 'hello' });
    const open = tree.open.bind(tree);
    tree.open = (entry) => ({ ...open(entry), read: () => 0 });
    const agreed = termsOf({ protocol: 31, compatFlags: 0x1fe, checksum: 'none' });
    const { data } = await play({ tree, terms: agreed, said: newFile(1) + DONE_5 });
    expect(filesIn(data, agreed)).toMatchObject([{ sum: '01' }]);
  });

  it('is not appended to if it has become shorter', async () => {
    const tree = files({ f: 'hello, world' });
    tree.contents.set('f', Buffer.from('hi'));
    const request = `010c80${int32(1).toString('hex')}${int32(700).toString('hex')}02000000${int32(5).toString('hex')}`;
    const { messages, result } = await play({ tree, said: request + DONE_5, options: { append: 'append' } });
    expect(messages).toMatchObject([
      { code: 102, payload: int32(0) },
      { code: 22, payload: int32(2) },
    ]);
    expect(result.exitCode).toBe(24);
    expect(tree.stillOpen.size).toBe(0);
  });
});

describe('the sender', () => {
  it('redoes an appended file as a delta for a receiver that writes in place', async () => {
    const basis = generatedBytes(1, 1400);
    const file = Buffer.concat([basis.subarray(700), basis.subarray(0, 700), Buffer.from('tail')]);
    const { head, sums } = describeBasis(basis, { blockLength: 700, strongLength: 16 }, (bytes) =>
      md5(Buffer.concat([int32(SEED), bytes])),
    );
    const headBytes = Buffer.concat([2, 700, 16, 0].map(int32)).toString('hex');
    const redo = `fe00000c80${headBytes}${sums.toString('hex')}`;
    const said = `010c80${headBytes}00${redo}00000000`;
    const { data } = await play({ tree: files({ f: file }), said, options: { append: 'append' } });
    const [first, second] = filesIn(data);
    expect(textOf(first?.tokens)).toBe('tail');
    expect(first?.sum).toBe(md5(Buffer.from('tail')).toString('hex'));
    expect(rebuildInPlace(second?.tokens ?? [], basis, head).equals(file)).toBe(true);
    expect(second?.sum).toBe(md5(file).toString('hex'));
  });

  it('seeds blocks in front where a checksum by name meets a protocol without flags', async () => {
    const file = generatedBytes(1, 1400);
    const { sums } = describeBasis(file, { blockLength: 700, strongLength: 16 }, (bytes) =>
      md5(Buffer.concat([int32(SEED), bytes])),
    );
    const headBytes = Buffer.concat([2, 700, 16, 0].map(int32)).toString('hex');
    const { result } = await play({
      tree: files({ f: file }),
      terms: termsOf({ protocol: 29, checksum: 'md5' }),
      said: `000000000080${headBytes}${sums.toString('hex')}${'ffffffff'.repeat(4)}`,
    });
    expect(result.statistics).toMatchObject({ matches: 2, literalBytes: 0, matchedBytes: 1400 });
  });

  it('echoes no more strong bytes than a digest has, though it reads them all', async () => {
    const head = (strongLength: number) =>
      Buffer.concat([1, 700, strongLength, 5].map(int32)).toString('hex');
    const sums = '00'.repeat(4 + 16);
    const agreed = termsOf({ protocol: 31, compatFlags: 0x1fe, checksum: 'xxh64' });
    const said = `010c80${head(16)}${sums}${DONE_5}`;
    const { data } = await play({ tree: files({ f: 'hello' }), terms: agreed, said });
    expect(filesIn(data, agreed)).toMatchObject([{ head: head(8) }]);
    expect(answersIn(data, agreed)).toHaveLength(5);
  });

  it('takes the signs of life of protocol 29 for what they are', async () => {
    const alive = '01000000' + '0020';
    const agreed = termsOf({ protocol: 29 });
    const said = `${alive}0000000000a0${NO_HEAD}${alive}${'ffffffff'.repeat(3)}${alive}ffffffff`;
    const { data, result } = await play({ tree: files({ f: 'hello' }), terms: agreed, said });
    expect(answersIn(data, agreed).map(({ kind }) => kind)).toEqual(['item', 'done', 'done', 'done']);
    expect(result.exitCode).toBe(0);
  });

  it('tells of every entry that the receiver looked at, and of what it deleted', async () => {
    const items: string[] = [];
    const { result } = await play({
      tree: files({ f: 'hello', g: 'x' }),
      // f: permissions only; g: unchanged, as with -ii; then the counts of deletions before the fourth mark.
      said: '011000' + '010000' + '000000' + 'ff02' + '0102030405' + '0000',
      listeners: { item: ({ name }, { flags }) => items.push(`${name} ${flags.toString(16)}`) },
    });
    expect(items).toEqual(['f 10', 'g 0']);
    expect(result.statistics.deleted).toEqual({ files: 1, folders: 2, symlinks: 3, devices: 4, specials: 5 });
  });

  it('answers requests in their order, from the same file as often as it is asked', async () => {
    const tree = files({ f: 'hello', g: 'world' });
    const said = `0200a0${NO_HEAD}fe8000000000a0${NO_HEAD}${DONE_5}`;
    const { data } = await play({ tree, said });
    expect(filesIn(data).map(({ index, tokens }) => [index, textOf(tokens)])).toEqual([
      [1, 'world'],
      [0, 'hello'],
    ]);
    expect(tree.opened).toEqual(['g', 'f']);
  });
});

describe('a generator that asks for what it cannot have', () => {
  const folder = memoryTree({ sub: {}, f: 'hello' });
  it.each([
    ['a folder', `0100a0${NO_HEAD}`, 'the receiver asked for ., which is no regular file'],
    ['an index behind the list', `0900a0${NO_HEAD}`, 'file index: 8 is in none of the 1 lists'],
    ['a negative index', 'ff64', 'file index: -101 cannot be requested'],
    ['the end of the list', 'ff01', 'file index: -2 cannot be requested'],
    [
      'a file after the last phase',
      `000000 0200a0${NO_HEAD}`,
      'the receiver asked for a file after the goodbye',
    ],
    [
      'a file between the last phases',
      `0000 0200a0${NO_HEAD}`,
      'asked for f after the last phase of transfers',
    ],
    ['a file instead of the goodbye', `00000000 0200a0${NO_HEAD}`, 'asked for a file after the goodbye'],
    ['blocks without a length', `0200a0 01000000 00000000 02000000 00000000`, 'block length: 0'],
    ['more sums than memory', `0200a0 ffffff7f bc020000 10000000 00000000`, 'are not held in memory'],
    ['a name of 32 KiB', '020010ffff', 'length of name in an item: 32767 is not in [0, 4095]'],
    ['impossible counts of deletions', 'ff02 f0ffffffff', 'number of deleted files: -1'],
  ])('%s: the session ends', async (_name, said, message) => {
    const failure = play({ tree: folder, said: said.replaceAll(' ', '') });
    await expect(failure).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(message) });
  });
});
