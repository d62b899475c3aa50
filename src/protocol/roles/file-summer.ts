import type { StrongHash } from '../checksum/strong.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import { EventLoopYield } from '../stream/event-loop-yield.ts';

const SLICE_LENGTH = 256 * 1024;

/**
 * Sums whole files for `--checksum`. A file that cannot be read gets no sum; it will be asked for, and the reason
 * shows then.
 */
export class FileSummer {
  readonly #tree: SourceTree;
  readonly #createHash: () => StrongHash;
  readonly #buffer = Buffer.allocUnsafeSlow(SLICE_LENGTH);
  readonly #yielding: EventLoopYield;

  /** `signal` ends the summing; its reason is thrown then. */
  constructor(tree: SourceTree, createHash: () => StrongHash, signal?: AbortSignal) {
    this.#tree = tree;
    this.#createHash = createHash;
    this.#yielding = new EventLoopYield({ signal });
  }

  async sum(entry: FileEntry): Promise<Uint8Array | undefined> {
    try {
      return await this.#sumContent(entry);
    } catch {
      this.#yielding.check();
      return undefined;
    }
  }

  async #sumContent(entry: FileEntry): Promise<Uint8Array> {
    if (this.#yielding.isDue()) await this.#yielding.turn();
    const file = await this.#yielding.until(this.#tree.open(entry));
    try {
      const hash = this.#createHash();
      for (let position = 0; ; ) {
        const length = await this.#yielding.until(file.read(this.#buffer, position));
        if (length === 0) return hash.digest();
        hash.update(this.#buffer.subarray(0, length));
        position += length;
        await this.#yielding.after(length);
      }
    } finally {
      await file.close();
    }
  }
}
