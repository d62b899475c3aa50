import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Liveness } from '../../../src/protocol/stream/liveness.ts';
import { Pacer } from '../../../src/protocol/stream/pacer.ts';
import { WireWriter } from '../../../src/protocol/stream/wire-writer.ts';
import { frameCodes } from '../../../src/protocol/wire/frame.ts';
import { scriptedTransport } from '../../support/scripted-transport.ts';

function writerTo() {
  const transport = scriptedTransport([]);
  const writer = new WireWriter(transport);
  const told = () => Buffer.concat(transport.told).toString('hex');
  return { writer, told };
}

describe('what is written', () => {
  it('is sent unframed first, framed later', async () => {
    const { writer, told } = writerTo();
    writer.encoder.int32(1);
    await writer.flush();
    writer.startFrames();
    writer.encoder.int32(2);
    await writer.flush();
    await writer.flush();
    expect(told()).toBe('01000000' + '04000007' + '02000000');
  });

  it('keeps slices in their place, in one frame', async () => {
    const { writer, told } = writerTo();
    writer.startFrames();
    writer.encoder.int32(3);
    writer.slice(Buffer.from('abc'));
    writer.encoder.int32(0);
    writer.slice(Buffer.from('de'));
    await writer.flush();
    expect(told()).toBe('0d000007' + '03000000' + '616263' + '00000000' + '6465');
  });

  it('sends messages in front of gathered data', async () => {
    const { writer, told } = writerTo();
    writer.startFrames();
    writer.encoder.uint8(9);
    writer.message(frameCodes.noSend, Buffer.from('05000000', 'hex'));
    await writer.flush();
    expect(told()).toBe('0400006d' + '05000000' + '01000007' + '09');
  });

  it('may be overlapped: a new record never overwrites one that is being sent', async () => {
    const sent: Buffer[] = [];
    const gates: Array<() => void> = [];
    const writer = new WireWriter({
      ...scriptedTransport([]),
      send: (chunks) => {
        sent.push(...chunks);
        return new Promise((resolve) => gates.push(resolve));
      },
    });
    const flushes = [1, 2, 3].map((value) => {
      writer.encoder.int32(value);
      return writer.flush();
    });
    expect(Buffer.concat(sent).toString('hex')).toBe('010000000200000003000000');
    for (const open of gates) open();
    await Promise.all(flushes);
    expect(writer.sent).toBe(12);
  });

  it('is owed room while the transport takes nothing, but not while a pacer holds it back', async () => {
    let now = 0;
    const isOwed = () => {
      now += 1000;
      return liveness.silentMs > 0;
    };
    const gates: Array<() => void> = [];
    const sleep = Promise.withResolvers<void>();
    const pacer = new Pacer(1000, { now: () => 0, sleep: () => sleep.promise });
    const send = () => new Promise<void>((resolve) => gates.push(resolve));
    const liveness = new Liveness(() => now);
    const writer = new WireWriter({ ...scriptedTransport([]), send }, { pacer, liveness });
    writer.slice(Buffer.alloc(1000));
    const flushed = writer.flush();
    await setImmediate();
    expect(isOwed()).toBe(true);
    gates[0]?.();
    await setImmediate();
    expect(isOwed()).toBe(false);
    sleep.resolve();
    await setImmediate();
    expect(isOwed()).toBe(true);
    gates[1]?.();
    await flushed;
    expect(isOwed()).toBe(false);
  });
});
