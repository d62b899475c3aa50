/** What a peer may owe us: the end of its login and set-up, room for what we send, a request. */
export type Debt = 'set-up' | 'room' | 'request';

/**
 * Whether a peer is alive, as far as can be told: whoever reads, writes or waits for it tells so here. A peer that waits
 * for us may be silent for as long as that takes; one that owes us something may not. All times are in ms of the
 * monotonic clock.
 */
export class Liveness {
  readonly #now: () => number;
  /** Since when what is owed. */
  readonly #debts = new Map<Debt, number>();
  #heardAt: number;
  #spokeAt: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#heardAt = now();
    this.#spokeAt = now();
  }

  /** Bytes have come. */
  heard(): void {
    this.#heardAt = this.#now();
  }

  /** Bytes of ours have been handed over. */
  spoke(): void {
    this.#spokeAt = this.#now();
  }

  /** The peer owes us something, from now on or since before. */
  owes(debt: Debt): void {
    if (!this.#debts.has(debt)) this.#debts.set(debt, this.#now());
  }

  settled(debt: Debt): void {
    this.#debts.delete(debt);
  }

  /** For how long the peer has owed us something and said nothing. */
  get silentMs(): number {
    const now = this.#now();
    return now - Math.max(this.#heardAt, Math.min(now, ...this.#debts.values()));
  }

  /** For how long we have said nothing. */
  get quietMs(): number {
    return this.#now() - this.#spokeAt;
  }
}
