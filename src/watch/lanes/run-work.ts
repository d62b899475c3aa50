import {
  ChangeTree,
  changeTreeOptions,
  encodeChangeRules,
  entryWishes,
  LocalTree,
  type Problem,
  type PushListeners,
  type PushResult,
  type PushSession,
  parseFilters,
  pushTree,
  type TransferOptions,
} from '../../protocol/index.ts';
import { EventFilter } from '../event-filter.ts';
import { GuardedTree } from './guarded-tree.ts';
import type { Outcome, ProblemReport, Work } from './messages.ts';

/** Errors and problems that are told one by one. */
const MOST_TOLD = 1000;

/**
 * Sends what is wanted in a session that waits, and closes it.
 *
 * @param transfer The options with which the session was opened.
 */
export async function runWork(session: PushSession, transfer: TransferOptions, work: Work): Promise<Outcome> {
  const gathered = new Gathered(work.namesDeleted);
  const listedAt = Date.now();
  const { exitCode, problems, statistics } = await send(session, transfer, work, gathered.listeners);
  const { errors, changed, deleted, deletedPaths } = gathered;
  return {
    exitCode,
    problems: problems.slice(0, MOST_TOLD).map(reportOf),
    errors,
    isAbridged: errors.length === MOST_TOLD || problems.length > MOST_TOLD,
    changed,
    deleted,
    deletedPaths,
    sentBytes: statistics.sentBytes,
    receivedBytes: statistics.receivedBytes,
    listedAt,
  };
}

async function send(
  session: PushSession,
  transfer: TransferOptions,
  work: Work,
  listeners: PushListeners,
): Promise<PushResult> {
  const { root } = work;
  const filter = new EventFilter(work.filter);
  const accepts = (path: string, isFolder: boolean) => filter.acceptsEntry(path, isFolder);
  const tree =
    work.kind === 'changes'
      ? new ChangeTree(root.path, work.changes, { ...changeTreeOptions(session), accepts })
      : new LocalTree([`${root.path}/`], {
          ...entryWishes(session.options),
          accepts,
          recursive: true,
          dirs: true,
          relative: false,
        });
  const guarded = new GuardedTree(tree, root);
  try {
    if (work.kind === 'changes') {
      const filterList = encodeChangeRules(session, work.changes);
      return await session.run({ tree: guarded, filterList, listeners });
    }
    const filters = parseFilters(transfer);
    const { keptFiles } = filter;
    return await pushTree(session, { tree: guarded, root: root.path, filters, keptFiles, listeners });
  } finally {
    tree.close();
  }
}

/** What is told while a session runs. */
class Gathered {
  readonly errors: string[] = [];
  readonly deletedPaths: string[] = [];
  changed = 0;
  deleted = 0;
  readonly listeners: PushListeners;

  constructor(namesDeleted: boolean) {
    this.listeners = {
      item: () => {
        this.changed += 1;
      },
      deleted: (path, isFolder) => {
        this.deleted += 1;
        if (namesDeleted) this.deletedPaths.push(isFolder ? `${path}/` : path);
      },
      message: ({ level, text }) => {
        if (level === 'error' && this.errors.length < MOST_TOLD) this.errors.push(text);
      },
    };
  }
}

function reportOf({ path, doing, kind, cause }: Problem): ProblemReport {
  return { path, doing, kind, reason: cause.message };
}
