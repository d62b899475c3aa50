import type { StrongHash } from '../checksum/strong.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { SourceTree } from '../file-list/source-tree.ts';
import { Breathing } from '../stream/breathing.ts';

const SLICE_LENGTH = 256 * 1024;

/**
 * Sums whole files for `--checksum`. A file that cannot be read gets no sum; it will be asked for, and the reason
 * shows then.
 */
export class FileSummer {
  readonly #tree: SourceTree;
  readonly #createHash: () => StrongHash;
  readonly #buffer = Buffer.allocUnsafeSlow(SLICE_LENGTH);
  readonly #breathing: Breathing;

  /** `signal` ends the summing; its reason is thrown then. */
  constructor(tree: SourceTree, createHash: () => StrongHash, signal?: AbortSignal) {
    this.#tree = tree;
    this.#createHash = createHash;
    this.#breathing = new Breathing({ signal });
  }

  async sum(entry: FileEntry): Promise<Uint8Array | undefined> {
    try {
      return await this.#sumContent(entry);
    } catch {
      this.#breathing.check();
      return undefined;
    }
  }

  async #sumContent(entry: FileEntry): Promise<Uint8Array> {
    if (this.#breathing.isDue()) await this.#breathing.turn();
    const file = await this.#breathing.until(this.#tree.open(entry));
    try {
      const hash = this.#createHash();
      for (let position = 0; ; ) {
        const length = await this.#breathing.until(file.read(this.#buffer, position));
        if (length === 0) return hash.digest();
        hash.update(this.#buffer.subarray(0, length));
        position += length;
        await this.#breathing.after(length);
      }
    } finally {
      await file.close();
    }
  }
}
