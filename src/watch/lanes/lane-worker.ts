import { parentPort } from 'node:worker_threads';
import { openPush, type PushSession } from '../../protocol/index.ts';
import { findLinks } from './find-links.ts';
import type { FailureReport, LaneOrder, LaneReport, SessionRequest, Work } from './messages.ts';
import { runWork } from './run-work.ts';

/* The thread of one lane: opens sessions, holds some of them open, and runs work in them. */

const port = parentPort;
if (port === null) throw new Error('this module is the start of a worker thread');

interface Held {
  readonly session: Promise<PushSession>;
  readonly control: AbortController;
}

const held = new Map<string, Held>();
const running = new Map<number, AbortController>();

port.on('message', (order: LaneOrder) => {
  switch (order.kind) {
    case 'hold':
      hold(order.key, order.session);
      return;
    case 'release':
      release(order.key);
      return;
    case 'abort':
      running.get(order.id)?.abort();
      return;
    case 'run':
      void run(order);
      return;
    case 'find-links':
      void findLinks(order.root, order.files).then((names) => report({ kind: 'links', id: order.id, names }));
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

async function run({ id, key, session, work }: Extract<LaneOrder, { kind: 'run' }>): Promise<void> {
  const control = new AbortController();
  running.set(id, control);
  const entry = key === undefined ? undefined : held.get(key);
  if (key !== undefined) held.delete(key);
  control.signal.addEventListener('abort', () => entry?.control.abort());
  try {
    report({ kind: 'done', id, outcome: await runSomewhere(entry, session, work, control.signal) });
  } catch (thrown) {
    const isOpening = thrown instanceof OpeningError;
    report({ kind: 'failed', id, failure: failureOf(isOpening ? thrown.cause : thrown, isOpening) });
  } finally {
    running.delete(id);
  }
}

/** Not even a session came about. */
class OpeningError extends Error {}

async function runSomewhere(
  entry: Held | undefined,
  request: SessionRequest,
  work: Work,
  signal: AbortSignal,
) {
  const waiting = await entry?.session.catch(() => undefined);
  if (waiting?.isWaiting) {
    try {
      return await runWork(waiting, request.transfer, work);
    } catch (thrown) {
      // The server may have closed it long ago, which shows only now.
      if (signal.aborted || !failureOf(thrown, false).isTransient) throw thrown;
    }
  }
  const session = await openPush({ ...request, signal }).catch((cause) => {
    throw new OpeningError('no session', { cause });
  });
  return await runWork(session, request.transfer, work);
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
