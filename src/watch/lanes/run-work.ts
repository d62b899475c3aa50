import {
  openLocalTree,
  type Problem,
  type PushListeners,
  type PushResult,
  type PushSession,
  parseFilters,
  pushChanges,
  pushTree,
  type SourceTree,
  type TransferOptions,
} from '../../protocol/index.ts';
import { readNamedFile, systemReason } from '../../protocol/internal.ts';
import { EventFilter } from '../filter/event-filter.ts';
import { LocalDisk } from '../tree/disk.ts';
import { GuardedTree } from './guarded-tree.ts';
import type { Outcome, ProblemReport, Work } from './messages.ts';
import { processClock } from './process-clock.ts';
import { type Deletions, Pruning } from './pruning.ts';

/** Errors and problems that are told one by one. */
const MAX_TOLD = 1000;
/** Of one error. The longest that names a path has about 4,200 characters. */
const MAX_TEXT_LENGTH = 5000;

/**
 * Sends what is wanted in a session that waits, and closes it.
 *
 * @param transfer The options with which the session was opened.
 * @param onSending The content of a file comes next.
 */
export async function runWork(
  session: PushSession,
  transfer: TransferOptions,
  work: Work,
  onSending: (path: string) => void = () => {},
): Promise<Outcome> {
  const filter = new EventFilter(work.filter);
  const gathered = new Gathered(new Pruning(work.prunes, new LocalDisk(work.root.path), filter));
  const listedAt = { wall: Date.now(), monotonic: processClock() };
  const { exitCode, problems, statistics } = await send(session, transfer, work, filter, {
    ...gathered.listeners,
    sending: ({ name }) => onSending(name),
  });
  const { errors, changed, deleted, deletions } = gathered;
  return {
    exitCode,
    problems: problems.slice(0, MAX_TOLD).map(reportOf),
    errors,
    isAbridged: errors.length === MAX_TOLD || problems.length > MAX_TOLD,
    changed,
    deleted,
    deletions,
    sentBytes: statistics.sentBytes,
    receivedBytes: statistics.receivedBytes,
    listedAt,
  };
}

async function send(
  session: PushSession,
  transfer: TransferOptions,
  work: Work,
  filter: EventFilter,
  listeners: PushListeners,
): Promise<PushResult> {
  const { root, places } = work;
  const keptPaths = places.filter(({ isKept }) => isKept).map(({ path }) => path);
  const accepts = (path: string, isFolder: boolean) => filter.acceptsEntry(path, isFolder);
  const wrap = (tree: SourceTree) => new GuardedTree(tree, root, places);
  if (work.kind === 'changes') {
    // What a dry run tells is gone through here, with all rules: nothing may be missing from it.
    const isDryRun = work.prunes.length > 0;
    const kept = isDryRun ? {} : { kept: filter.leftovers, keptFiles: filter.keptFiles };
    return await pushChanges(session, root.path, work.changes, listeners, {
      ...kept,
      keptPaths,
      accepts,
      wrap,
    });
  }
  const tree = await openLocalTree([`${root.path}/`], session.options, { accepts });
  try {
    const filters = parseFilters(transfer, { read: readNamedFile });
    const { keptFiles } = filter;
    return await pushTree(session, {
      tree: wrap(tree),
      root: root.path,
      filters,
      keptFiles,
      keptPaths,
      listeners,
    });
  } finally {
    tree.close();
  }
}

/** What is told while a session runs. */
class Gathered {
  readonly errors: string[] = [];
  readonly #pruning: Pruning;
  changed = 0;
  deleted = 0;
  readonly listeners: PushListeners;

  constructor(pruning: Pruning) {
    this.#pruning = pruning;
    this.listeners = {
      item: () => {
        this.changed += 1;
      },
      deleted: (path, isFolder) => {
        this.deleted += 1;
        pruning.add(path, isFolder);
      },
      message: ({ level, text }) => {
        if (level === 'error' && this.errors.length < MAX_TOLD) this.errors.push(bounded(text));
      },
    };
  }

  get deletions(): Deletions {
    return this.#pruning.deletions;
  }
}

/** Cut, in memory of its own: a server may write as much as it likes. */
function bounded(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : Buffer.from(text.slice(0, MAX_TEXT_LENGTH)).toString();
}

function reportOf({ path, doing, kind, cause }: Problem): ProblemReport {
  return { path, doing, kind, reason: systemReason(cause) };
}
