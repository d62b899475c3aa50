import { describe, expect, it } from 'vitest';
import { frameCodes } from '../../../src/protocol/wire/frame.ts';
import { readerOf } from '../../support/decoding.ts';
import { frame } from '../../support/frames.ts';

const data = (hex: string) => `${(hex.length / 2).toString(16).padStart(2, '0')}000007${hex}`;
const info = (text: string) =>
  `${text.length.toString(16).padStart(2, '0')}000009${Buffer.from(text).toString('hex')}`;

describe('frames', () => {
  it('join to one stream, with messages in between, however the bytes arrive', async () => {
    const wire = Buffer.from(
      `${data('0102')}${info('hi\n')}${data('')}${data('0304050607')}${info('bye\n')}`,
      'hex',
    );
    for (const size of [1, 2, 3, 5, 7, wire.length]) {
      const chunks = [];
      for (let at = 0; at < wire.length; at += size) chunks.push(wire.subarray(at, at + size));
      const heard: string[] = [];
      const reader = readerOf(chunks);
      reader.startFrames((code, payload) => {
        expect(code).toBe(frameCodes.info);
        heard.push(payload.toString());
      });
      expect(await reader.read((cursor) => cursor.int32())).toBe(0x04030201);
      expect(await reader.readBytes(3)).toEqual(Buffer.from([5, 6, 7]));
      await reader.drain();
      expect(heard).toEqual(['hi\n', 'bye\n']);
      expect(reader.received).toBe(wire.length);
    }
  });

  it('may hold more bytes than are believed at first', async () => {
    const long = Buffer.alloc(5_000_000, 'abcdefg');
    const chunks = [];
    for (let at = 0; at < long.length; at += 70_000) chunks.push(frame(0, long.subarray(at, at + 70_000)));
    const reader = readerOf([...chunks, frame(0, Buffer.from('behind'))]);
    reader.startFrames(() => {});
    expect((await reader.readBytes(long.length)).equals(long)).toBe(true);
    expect((await reader.readBytes(6)).toString()).toBe('behind');
  });

  it('cost no memory for what is only announced', async () => {
    const reader = readerOf([frame(0, Buffer.alloc(10))]);
    reader.startFrames(() => {});
    const before = process.memoryUsage().arrayBuffers;
    await expect(reader.readBytes(2 ** 30)).rejects.toThrow('closed the connection');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });

  it('may begin in the chunk that ends the text before them', async () => {
    const reader = readerOf([Buffer.from(`ff${data('2a000000')}`, 'hex')]);
    expect(await reader.read((cursor) => cursor.uint8())).toBe(255);
    reader.startFrames(() => {});
    expect(await reader.read((cursor) => cursor.int32())).toBe(42);
  });

  it.each([
    ['00000000', 'unexpected frame code -7'],
    ['0000000c', 'unexpected frame code 5'],
    ['00200009', 'length of a message with code 2: 8192 is not in [0, 5119]'],
  ])('%s are refused', async (hex, message) => {
    const reader = readerOf([Buffer.from(hex, 'hex')]);
    reader.startFrames(() => {});
    await expect(reader.read((cursor) => cursor.uint8())).rejects.toThrow(message);
  });
});
