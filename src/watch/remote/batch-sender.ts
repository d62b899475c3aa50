import { type Change, changeOf } from '../change.ts';
import type { Outcome } from '../lanes/messages.ts';
import { changeForDeletion, type Deletions } from '../lanes/pruning.ts';
import type { Emit } from '../listeners/events.ts';
import { errorOf } from '../listeners/log.ts';
import type { Backlog } from './backlog.ts';
import { type Batch, changesOf } from './batches.ts';
import type { HalfSent } from './half-sent.ts';
import type { LateLooks } from './late-looks.ts';
import type { Outcomes } from './outcomes.ts';
import type { SendRules, Task } from './planner.ts';
import type { Sessions } from './remote-sessions.ts';

export interface BatchSenderParts {
  /** Of the remote. */
  readonly name: string;
  readonly sessions: Sessions;
  readonly rules: SendRules;
  readonly waiting: Backlog;
  readonly outcomes: Outcomes;
  readonly halfSent: HalfSent;
  readonly lateLooks: LateLooks;
  readonly emit: Emit;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

/**
 * Sends tasks in one session, and adds the changes that follow from it: files that broken sessions left at the remote, and
 * paths that only a dry run tells are to be deleted.
 */
export class BatchSender {
  readonly #parts: BatchSenderParts;

  constructor(parts: BatchSenderParts) {
    this.#parts = parts;
  }

  /** Rejects with what the session failed for. */
  async send({ tasks, comparison }: Batch): Promise<Outcome> {
    const { halfSent, lateLooks, sessions } = this.#parts;
    const leftovers = halfSent.among(tasks);
    const outcome = await sessions.sendChanges(comparison, changesOf(tasks, leftovers));
    halfSent.forget(tasks.map(({ path }) => path));
    lateLooks.forget(tasks);
    this.#addHalfSent();
    const inDoubt = tasks.filter(({ needsPruning }) => needsPruning);
    if (inDoubt.length === 0) return outcome;
    const deletions = await sessions.dryRun(inDoubt.map(({ path }) => path));
    this.#prune(
      tasks.flatMap(({ changes }) => changes),
      deletions,
    );
    return outcome;
  }

  /** Rejects with what the session failed for. */
  async sendAll(change: Change, { needsPruning }: Task): Promise<Outcome> {
    const { rules, sessions } = this.#parts;
    const compare = change.kind === 'all' ? 'options' : 'times';
    const outcome = await this.#told(sessions.sendAll(compare, rules.deletes && !needsPruning));
    this.#addHalfSent();
    if (needsPruning) this.#prune([change], await sessions.dryRunAll(compare));
    return outcome;
  }

  /** Tells when a full sync begins, and how it ends. */
  async #told(fullSync: Promise<Outcome>): Promise<Outcome> {
    const { emit, name } = this.#parts;
    emit('fullSyncBegun', { remote: name });
    try {
      const outcome = await fullSync;
      emit('fullSyncEnded', { remote: name, isComplete: outcome.exitCode === 0, reason: undefined });
      return outcome;
    } catch (thrown) {
      emit('fullSyncEnded', { remote: name, isComplete: false, reason: errorOf(thrown).message });
      throw thrown;
    }
  }

  /** Sessions get through again: what broken ones have left behind can be deleted. */
  #addHalfSent(): void {
    const { halfSent, now, waiting } = this.#parts;
    waiting.add(halfSent.takeNew().map((path) => changeOf(path, 'path', now())));
  }

  /** What may be deleted of folders in which the filter protects something. */
  #prune(changes: readonly Change[], { paths, isAbridged }: Deletions): void {
    const { now, outcomes, waiting } = this.#parts;
    waiting.add(paths.map((path) => changeForDeletion(path, now())));
    if (isAbridged) outcomes.repeat(changes, 'there is more to delete than fits into one session');
  }
}
