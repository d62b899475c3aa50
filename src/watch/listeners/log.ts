import type { EventData, EventName } from './events.ts';

/** Where the replicator tells what it does. A pino logger fits. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A log that never throws into the work that it tells of. */
export function safeLog(log: Log, onThrow: (thrown: unknown) => void = () => {}): Log {
  const level = (name: keyof Log) => (fields: object, message: string) => {
    try {
      log[name](fields, message);
    } catch (thrown) {
      onThrow(thrown);
    }
  };
  return { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') };
}

export function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Writes the line of an event, if it has one. */
export function logEvent<Name extends EventName>(log: Log, name: Name, data: EventData[Name]): void {
  const write: Lines[Name] = lines[name];
  write(log, data);
}

type Lines = { readonly [Name in EventName]: (log: Log, data: EventData[Name]) => void };

const byNews: Readonly<Record<EventData['mount']['news'], readonly ['info' | 'warn', string]>> = {
  away: ['warn', 'what was mounted here is away: its copy at the remotes is kept, and nothing is sent'],
  replaced: [
    'warn',
    'another file system is mounted here than before: nothing of it is sent until the old one is back; mount that one, or restart tsersync to send this one (-r then deletes at the remotes what it does not have)',
  ],
  appeared: ['info', 'something has been mounted here: it is sent, and what remotes have besides is kept'],
  back: ['info', 'what was mounted here is back'],
};

const byOther: Readonly<Record<EventData['sharedTarget']['other'], string>> = {
  same: 'another process sends another folder there, too: files of one name overwrite each other',
  above: 'another process sends to a folder above, and deletes there unless this one is excluded',
  below: 'another process sends to a folder in there: exclude it, or it is deleted',
};

const lines: Lines = {
  batch: (log, { paths: _, kind, ...fields }) =>
    log.info(fields, kind === 'all' ? 'whole tree sent' : 'sent'),
  failed: (log, data) => {
    if (data.attempts === 1) log.warn(data, 'could not be sent');
    else log.debug(data, 'could not be sent again');
  },
  deletionsDeferred: (log, { attempts, ...fields }) => {
    if (attempts === 1) log.warn(fields, 'sent, but for deletions');
    else log.debug(fields, 'sent again, but for deletions');
  },
  blocked: (log, { headline, isKnown, ...fields }) => {
    if (isKnown) log.debug(fields, `still: ${headline}`);
    else log.warn(fields, headline);
  },
  recovered: (log, data) => log.info(data, 'the remote is back'),
  fullSyncBegun: () => {},
  fullSyncEnded: () => {},
  programError: (log, { remote, error: err, isKnown }) => {
    if (isKnown) log.debug({ remote, err }, 'an error of the program itself, again');
    else log.error({ remote, err }, 'an error of the program itself');
  },
  notHeld: (log, data) => log.debug(data, 'no session'),
  state: () => {},
  started: (log, data) => log.info(data, 'watching'),
  stopped: (log, data) => log.info(data, 'stopped'),
  rootGone: (log, { root, reason }) => log.error({ root }, reason),
  rootBack: (log, data) => log.info(data, 'the watched folder is back'),
  rootUnknown: (log, { root, error: err }) =>
    log.error({ root, err }, 'the watched folder cannot be looked at'),
  mount: (log, { root, path, news }) => {
    const [level, text] = byNews[news];
    log[level]({ root, path }, text);
  },
  trouble: (log, { error: err }) => log.error({ err }, err.message),
  unwatched: (log, data) =>
    log.warn(data, 'a folder cannot be read or watched: what is in it is sent as soon as that is possible'),
  allWatched: (log, data) => log.info(data, 'all folders are watched again'),
  unlocked: (log, { root, error: err }) =>
    log.warn({ root, err }, 'nothing keeps another process from watching the same folder'),
  sharedTarget: (log, { other, ...fields }) => log.warn(fields, byOther[other]),
  filterWarning: (log, { root, text }) => log.warn({ root }, text),
};
