import type { Moment } from '../lanes/messages.ts';
import { PathTree, parentOf } from '../path-tree.ts';
import type { FoundEntry } from '../tree/disk.ts';

/** How far a file system's clock may lie behind, in milliseconds: a tick of the kernel's, at most 10. */
const CLOCK_LAG_MS = 12;
/** Wall clock and monotonic clock drift apart by more than this only when somebody sets the clock. */
const CLOCK_SET_MS = 20;
const MAX_REMEMBERED = 5000;

export interface Delivery {
  /** With `tree` everything below the path arrived too, with `level` what is directly in it. */
  readonly kind: 'path' | 'level' | 'tree';
  /** When the session began to list what is there. */
  readonly listedAt: Moment;
}

export interface Clocks {
  /** Milliseconds since 1970. */
  wall(): number;
  /** Milliseconds that only ever grow. */
  monotonic(): number;
}

/**
 * Remembers what has been sent lately. Events come late, and twice: what has not changed since it was listed for a
 * session that went well need not be sent again.
 *
 * The times of a file do not tell: they are set when a write begins, its bytes may come long after, and its event comes
 * when it ends. So what the system has told since the listing began is always news. What it told before has been listed;
 * and an echo adds nothing to what the system tells, if ctime agrees, which no program can set. While the clock is
 * being set itself, nothing is remembered.
 */
export class Deliveries {
  readonly #clocks: Clocks;
  readonly #device: number | undefined;
  readonly #tree = new PathTree<Delivery>();
  /** In the order in which they were made. */
  readonly #order = new Map<string, Delivery>();
  #offset: number;

  /** @param device That of files whose times come from the same clock; all others are never covered. */
  constructor(clocks: Clocks, device: number | undefined) {
    this.#clocks = clocks;
    this.#device = device;
    this.#offset = clocks.wall() - clocks.monotonic();
  }

  note(path: string, delivery: Delivery): void {
    this.#checkClock();
    this.#order.delete(path);
    this.#order.set(path, delivery);
    this.#tree.set(path, delivery);
    const [oldest] = this.#order.size > MAX_REMEMBERED ? this.#order.keys() : [];
    if (oldest !== undefined) this.#forget(oldest);
  }

  /**
   * Whether what is at a path has arrived as it is; of a folder, only the folder itself.
   *
   * @param heardAt When the system told of it last, in ms of the monotonic clock; -Infinity if it is an echo.
   */
  covers(path: string, { ctimeMs, device }: FoundEntry, heardAt: number): boolean {
    this.#checkClock();
    if (device !== this.#device) return false;
    const isSince = ({ listedAt }: Delivery) =>
      heardAt < listedAt.monotonic && ctimeMs + CLOCK_LAG_MS < listedAt.wall;
    const own = this.#tree.get(path);
    if (own !== undefined && isSince(own)) return true;
    const parent = parentOf(path);
    for (const [folder, above] of this.#tree.above(path)) {
      const isIncluded = above.kind === 'tree' || (above.kind === 'level' && folder === parent);
      if (isIncluded && isSince(above)) return true;
    }
    return false;
  }

  /** Forgets everything: the state of the remote is unknown. */
  clear(): void {
    this.#order.clear();
    this.#tree.clear();
  }

  #forget(path: string): void {
    this.#order.delete(path);
    this.#tree.delete(path);
  }

  #checkClock(): void {
    const offset = this.#clocks.wall() - this.#clocks.monotonic();
    if (Math.abs(offset - this.#offset) > CLOCK_SET_MS) this.clear();
    this.#offset = offset;
  }
}
