import type { Problem } from '../errors.ts';

/** I/O errors as bits. `general` stops every deletion on the other side, `vanished` does not. */
export const ioErrors = { none: 0, general: 1, vanished: 2, deleteLimit: 4, all: 7 } as const;

/** When a file of ours made trouble: what is told of it goes to the peer in different places. */
export type Stage = 'listing' | 'transfer' | 'removal';

/** What has gone wrong with files in one session, on both sides. */
export class IoErrors {
  readonly #told = { listing: 0, transfer: 0, removal: 0 };
  #isMissing = false;
  #peers = 0;

  /** Something is wrong with a file of ours. */
  note({ kind }: Problem, stage: Stage): void {
    if (kind === 'missing-source') this.#isMissing = true;
    if (kind === 'vanished') this.#told[stage] |= ioErrors.vanished;
    if (kind === 'failed') this.#told[stage] |= ioErrors.general;
  }

  /** The peer has told of errors of its own. */
  noteFromPeer(bits: number): void {
    this.#peers |= bits;
  }

  /** The bits of one stage, as the peer is told of them. */
  of(stage: Exclude<Stage, 'removal'>): number {
    return this.#told[stage];
  }

  /** Some file or attribute did not arrive, or was not there to be sent. */
  get hasErrors(): boolean {
    return this.#isMissing || this.#has(ioErrors.general);
  }

  /** Some file was gone when its turn came. */
  get hasVanished(): boolean {
    return this.#has(ioErrors.vanished);
  }

  get hitDeleteLimit(): boolean {
    return this.#has(ioErrors.deleteLimit);
  }

  #has(bit: number): boolean {
    const { listing, transfer, removal } = this.#told;
    return ((listing | transfer | removal | this.#peers) & bit) !== 0;
  }
}
