/** What one side of a connection said in frames, taken apart. */
export interface Demultiplexed {
  /** The payloads of data frames, joined. */
  readonly data: Buffer;
  readonly messages: ReadonlyArray<{ readonly code: number; readonly payload: Buffer }>;
  /** How many data frames were empty. */
  readonly emptyFrames: number;
}

/** A frame as docs/protocol chapter 2, section 2.2 draws it. */
export function frame(code: number, payload: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(7 + code, 3);
  return Buffer.concat([header, payload]);
}

export function demultiplex(wire: Buffer): Demultiplexed {
  const data: Buffer[] = [];
  const messages: Array<{ code: number; payload: Buffer }> = [];
  for (let at = 0; at < wire.length; ) {
    const length = wire.readUIntLE(at, 3);
    const code = wire.readUInt8(at + 3) - 7;
    const payload = wire.subarray(at + 4, at + 4 + length);
    if (payload.length < length) throw new Error(`a frame of ${length} bytes has only ${payload.length}`);
    if (code === 0) data.push(payload);
    else messages.push({ code, payload });
    at += 4 + length;
  }
  const emptyFrames = data.filter((bytes) => bytes.length === 0).length;
  return { data: Buffer.concat(data), messages, emptyFrames };
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value | 0);
  return bytes;
}
