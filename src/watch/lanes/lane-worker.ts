import { parentPort } from 'node:worker_threads';
import { openPush, type PushSession } from '../../protocol/index.ts';
import { findLinks } from './find-links.ts';
import type {
  FailureReport,
  LaneOrder,
  LaneReport,
  LaneResult,
  LaneTask,
  Outcome,
  PushTask,
  SessionRequest,
} from './messages.ts';
import { runWork } from './run-work.ts';

/* The thread of one lane: opens sessions, holds some of them open, and runs its tasks. */

const port = parentPort;
if (port === null) throw new Error('this module is the start of a worker thread');

interface Held {
  readonly session: Promise<PushSession>;
  readonly control: AbortController;
}

const held = new Map<string, Held>();
const running = new Map<number, Running>();

/**
 * A session gets on if so much goes over the line between two looks. One that only waits for its server takes nothing
 * from others, so it does no harm to be hasty.
 */
const PROGRESS_BYTES = 8 * 1024;
const LOOK_MS = 150;
/** A server may be so many files behind us when it dies. */
const MAX_SENT_LAST = 100;
let looks: NodeJS.Timeout | undefined;

port.on('message', (order: LaneOrder) => {
  switch (order.kind) {
    case 'hold':
      hold(order.key, order.session);
      return;
    case 'release':
      release(order.key);
      return;
    case 'start':
      running.get(order.id)?.start.resolve();
      return;
    case 'abort':
      running.get(order.id)?.control.abort();
      return;
    case 'run':
      void run(order);
  }
});

function report(message: LaneReport): void {
  port?.postMessage(message);
}

function hold(key: string, request: SessionRequest): void {
  release(key);
  const control = new AbortController();
  const session = openPush({ ...request, signal: control.signal });
  const entry = { session, control };
  held.set(key, entry);
  session.then(
    () => {
      if (held.get(key) === entry) report({ kind: 'held', key });
    },
    (thrown) => {
      if (held.get(key) !== entry) return;
      held.delete(key);
      report({ kind: 'not-held', key, failure: failureOf(thrown, true) });
    },
  );
}

function release(key: string): void {
  const entry = held.get(key);
  held.delete(key);
  entry?.control.abort();
  entry?.session.then(
    (session) => session.close(),
    () => {
      // It was never open.
    },
  );
}

interface Running {
  readonly control: AbortController;
  /** It is told to start, or aborted. */
  readonly start: PromiseWithResolvers<void>;
  session: PushSession | undefined;
  /** At the last look; undefined before the first one. */
  seenTraffic: number | undefined;
  isStalled: boolean;
  readonly sentLast: string[];
}

/** Tells which sessions hang. */
function look(): void {
  for (const [id, one] of running) {
    const { session, seenTraffic, isStalled } = one;
    if (session === undefined) continue;
    one.seenTraffic = session.traffic;
    if (seenTraffic === undefined) continue;
    one.isStalled = session.traffic - seenTraffic < PROGRESS_BYTES;
    if (one.isStalled !== isStalled) report({ kind: one.isStalled ? 'stalled' : 'resumed', id });
  }
}

async function run({ id, task, isOpen }: Extract<LaneOrder, { kind: 'run' }>): Promise<void> {
  const own: Running = {
    control: new AbortController(),
    start: Promise.withResolvers<void>(),
    session: undefined,
    seenTraffic: undefined,
    isStalled: false,
    sentLast: [],
  };
  running.set(id, own);
  looks ??= setInterval(look, LOOK_MS).unref();
  if (isOpen) own.start.resolve();
  own.control.signal.addEventListener('abort', () => own.start.resolve());
  try {
    const done = await carryOut(task, own, () => {
      if (!isOpen) report({ kind: 'opened', id });
    });
    report({ kind: 'done', id, ...done });
  } catch (thrown) {
    const isOpening = thrown instanceof OpeningError;
    const failure = failureOf(isOpening ? thrown.cause : thrown, isOpening);
    report({ kind: 'failed', id, failure: { ...failure, sentLast: own.sentLast } });
  } finally {
    running.delete(id);
    if (running.size === 0) {
      clearInterval(looks);
      looks = undefined;
    }
  }
}

/** @param onOpen The task has a session now, and waits for its turn. */
async function carryOut(task: LaneTask, own: Running, onOpen: () => void): Promise<LaneResult> {
  switch (task.kind) {
    case 'push':
      return { task: 'push', result: await push(task, own, onOpen) };
    case 'find-links':
      return { task: 'find-links', result: await findLinks(task.root, task.files) };
  }
}

async function push({ key, session, work }: PushTask, own: Running, onOpen: () => void): Promise<Outcome> {
  const { signal } = own.control;
  const entry = held.get(key);
  held.delete(key);
  signal.addEventListener('abort', () => entry?.control.abort());
  return await runSomewhere(
    entry,
    session,
    async (open) => {
      onOpen();
      await own.start.promise;
      own.session = open;
      return await runWork(open, session.transfer, work, (path) => {
        if (own.sentLast.push(path) > MAX_SENT_LAST) own.sentLast.shift();
      });
    },
    signal,
    () => own.sentLast.length > 0,
  );
}

/** Not even a session came about. */
class OpeningError extends Error {}

async function runSomewhere(
  entry: Held | undefined,
  request: SessionRequest,
  work: (session: PushSession) => Promise<Outcome>,
  signal: AbortSignal,
  hasSent: () => boolean,
): Promise<Outcome> {
  const waiting = await entry?.session.catch(() => undefined);
  if (waiting?.isWaiting) {
    try {
      return await work(waiting);
    } catch (thrown) {
      // The server may have closed it long ago, which shows only now. One that has asked for a file died at work, and
      // may have left half of it behind: that has to be told.
      if (signal.aborted || hasSent() || !failureOf(thrown, false).isTransient) throw thrown;
    }
  }
  const session = await openPush({ ...request, signal }).catch((cause) => {
    throw new OpeningError('no session', { cause });
  });
  return await work(session);
}

function failureOf(thrown: unknown, isOpening: boolean): FailureReport {
  const error = thrown as Error & { readonly code?: unknown; readonly isTransient?: unknown };
  return {
    message: error.message,
    code: typeof error.code === 'string' ? error.code : error.name,
    isTransient: error.isTransient === true,
    isOpening,
  };
}
