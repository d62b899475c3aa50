import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface GarbageAtRestParts {
  /** Bytes of the heap that are in use or garbage. */
  readonly heapBytes: () => number;
  /** Whether nobody waits for this process. */
  readonly isAtRest: () => boolean;
  /** Gives garbage back to the system. Takes a moment: 50 ms for 10 MB in use, 400 ms for 100 MB. */
  readonly collect: () => void;
}

const LOOK_MS = 1000;
/** A heap that grows faster from one look to the next is not at rest. */
const STILL_BYTES = 1024 ** 2;
/** Less garbage is not worth a collection, */
const MIN_BYTES = 8 * 1024 ** 2;
/** nor is a smaller part of what is in use. */
const MIN_PART = 0.25;

/**
 * Has garbage collected when there is nothing to do. V8 does so only when somebody wants memory: after a burst of work, a
 * process that waits for days would keep what that took.
 */
export class GarbageAtRest {
  readonly #parts: GarbageAtRestParts;
  readonly #timer: NodeJS.Timeout;
  /** What the heap cannot do without, at most. */
  #needed = 0;
  #seen = Number.POSITIVE_INFINITY;

  constructor(parts: GarbageAtRestParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { heapBytes, isAtRest, collect } = this.#parts;
    const heap = heapBytes();
    const isStill = Math.abs(heap - this.#seen) < STILL_BYTES;
    this.#seen = heap;
    this.#needed = Math.min(this.#needed, heap);
    const garbage = heap - this.#needed;
    if (!isStill || garbage < Math.max(MIN_BYTES, MIN_PART * this.#needed) || !isAtRest()) return;
    collect();
    this.#seen = heapBytes();
    this.#needed = this.#seen;
  }
}

/**
 * Has V8 look for garbage when the heap has doubled. Of itself it waits until a small heap is several times as large,
 * so that a burst of a million events takes 300 MB instead of 190. For the program only: it holds for the whole process.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=100');
}

/** The heap of this thread. For the program only: it changes a flag of the process for a moment. */
export function ownHeap(): Pick<GarbageAtRestParts, 'heapBytes' | 'collect'> {
  setFlagsFromString('--expose-gc');
  const collect: (options: object) => void = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return {
    heapBytes: () => getHeapStatistics().used_heap_size,
    // No other kind gives free pages back to the system.
    collect: () => collect({ type: 'major', flavor: 'last-resort' }),
  };
}
