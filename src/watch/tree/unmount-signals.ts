import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { decodeName } from '../../protocol/index.ts';
import { systemPath } from '../../protocol/internal.ts';

/** The kernel tells of an unmount twice, one right after the other; a busy machine may take a while to hear both. */
const PAIR_MS = 50;

/**
 * Tells when a file system is unmounted, even if the same one is mounted again a moment later: then all its watches
 * have ended, and nothing else shows it. Node does not say what an event is; two of a folder itself in a row are an
 * unmount, or seldom something else, which costs a comparison.
 */
export class UnmountSignals {
  readonly #onUnmount: (absolute: string) => void;
  readonly #now: () => number;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(onUnmount: (absolute: string) => void, now: () => number) {
    this.#onUnmount = onUnmount;
    this.#now = now;
  }

  /** From here on, anew if need be. `absolute` is where something is mounted. */
  watch(absolute: string): void {
    this.forget(absolute);
    let lastAt = Number.NEGATIVE_INFINITY;
    const ownName = basename(absolute);
    try {
      const watcher = watch(systemPath(absolute), { encoding: 'buffer' }, (_, name) => {
        if (name !== null && decodeName(name) !== ownName) return;
        const now = this.#now();
        const isPair = now - lastAt < PAIR_MS;
        lastAt = isPair ? Number.NEGATIVE_INFINITY : now;
        if (isPair) this.#onUnmount(absolute);
      });
      watcher.on('error', () => this.forget(absolute));
      this.#watchers.set(absolute, watcher);
    } catch {
      // That nothing can be watched is told by those who watch all folders; the next look at the mounts will do.
    }
  }

  forget(absolute: string): void {
    this.#watchers.get(absolute)?.close();
    this.#watchers.delete(absolute);
  }

  close(): void {
    for (const absolute of [...this.#watchers.keys()]) this.forget(absolute);
  }
}
