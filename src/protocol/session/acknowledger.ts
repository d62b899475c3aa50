import type { WireReader } from '../stream/wire-reader.ts';
import type { WireWriter } from '../stream/wire-writer.ts';

/**
 * Carries an acknowledgement whenever we have heard something and have nothing to say: the server's operating system
 * holds its next small write back until then, and ours delays a bare acknowledgement by 40 ms.
 *
 * Source: docs/protocol chapter 1, section 6.5.
 */
export function acknowledger({ reader, writer }: { reader: WireReader; writer: WireWriter }): () => void {
  let heard = reader.received;
  let isDue = false;
  return () => {
    if (reader.received === heard || isDue) return;
    heard = reader.received;
    const said = writer.sent;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (writer.sent === said) writer.sendEmptyFrame();
    });
  };
}
