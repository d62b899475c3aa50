import {
  ChangeTree,
  encodeChangeRules,
  encodeRules,
  LocalTree,
  type Problem,
  type PushListeners,
  type PushSession,
  type SourceTree,
  type TransferOptions,
} from '../../protocol/index.ts';
import { EventFilter } from '../event-filter.ts';
import { GuardedTree } from './guarded-tree.ts';
import type { Outcome, ProblemReport, Work } from './messages.ts';

/** Errors and problems that are told one by one. */
const MOST_TOLD = 1000;

/** Sends what is wanted in a session that waits, and closes it. */
export async function runWork(session: PushSession, transfer: TransferOptions, work: Work): Promise<Outcome> {
  const filter = new EventFilter(work.filter);
  const gathered = new Gathered(work.namesDeleted);
  const listedAt = Date.now();
  const { tree, rules } = treeFor(work, transfer, filter);
  try {
    const { exitCode, problems, statistics } = await session.run({
      tree: new GuardedTree(tree, work.root),
      filterList: session.expectsFilterList ? rules : undefined,
      listeners: gathered.listeners,
    });
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
      protocol: session.terms.protocol,
      offers: session.offers,
    };
  } finally {
    tree.close();
  }
}

interface TreeAndRules {
  readonly tree: SourceTree & { close(): void };
  readonly rules: Uint8Array;
}

function treeFor(work: Work, transfer: TransferOptions, filter: EventFilter): TreeAndRules {
  const wishes = {
    hardLinks: transfer.hardLinks === true,
    atimes: (transfer.atimes ?? 0) > 0,
    accepts: (path: string, isFolder: boolean) => filter.acceptsEntry(path, isFolder),
  };
  if (work.kind === 'changes') {
    const tree = new ChangeTree(work.root.path, work.changes, wishes);
    return { tree, rules: encodeChangeRules(work.changes) };
  }
  const options = { ...wishes, recursive: true, dirs: true, relative: false };
  const tree = new LocalTree([`${work.root.path}/`], options);
  const kept = filter.keptFiles.map((pattern) => `- ${pattern}`);
  return { tree, rules: encodeRules(kept.length === 0 ? [] : ['+ */', ...kept]) };
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
