import { encodeName } from './file-name.ts';

const FIRST_CAPACITY = 256;
/** Of UTF-8, for one UTF-16 unit. */
const MOST_BYTES_PER_UNIT = 3;

/** The bytes of one name after the other, in the same memory: lists have many. */
export class NameBuffer {
  /** The first {@link length} of them count. */
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  length = 0;

  set(name: string): void {
    const most = name.length * MOST_BYTES_PER_UNIT;
    if (most > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(2 * most);
    this.length = name.isWellFormed() ? this.bytes.write(name, 'utf8') : encodeName(name).copy(this.bytes);
  }
}
