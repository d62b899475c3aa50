import { describe, expect, it } from 'vitest';
import { digestLengths } from '../../../src/protocol/checksum/strong.ts';
import { AuthenticationError, RsyncError, UnknownModuleError } from '../../../src/protocol/errors.ts';
import { demultiplex } from '../../support/frames.ts';
import {
  cutData,
  dataOf,
  nameListCount,
  partsOf,
  type RecordedSession,
  type Replay,
  recordedSessions,
  replay,
  requestOf,
  saidBy,
} from '../../support/recorded-sessions.ts';
import { decodeAnswers } from '../../support/sender-stream.ts';

/** Sessions that are not replayed, by the beginning of their names, and why. */
const leftOut: Readonly<Record<string, string>> = {
  'session-pull-': 'nothing is pulled yet',
  'session-rsh-': 'no remote shell is started',
  'session-push-early-input-': 'early input is not sent yet',
};

const isLeftOut = (name: string) => Object.keys(leftOut).some((start) => name.startsWith(start));
const replayed = recordedSessions.filter(([name]) => !isLeftOut(name));
const named = (start: RegExp) => replayed.filter(([name]) => start.test(name));

const bytewise = (bytes: Buffer) => [...bytes.keys()].map((at) => bytes.subarray(at, at + 1));

/** The answers without their sums: some hand-made clients chose other checksums. */
function answersIn(
  data: Buffer,
  session: RecordedSession,
  { terms }: Required<Replay>,
  digestLength: number,
) {
  const { answers } = cutData(data, session, terms);
  const format = {
    protocol: terms.protocol,
    isDryRun: requestOf(session).transfer.dryRun === true,
    isPacked: false,
    digestLength,
  };
  return decodeAnswers(answers, format).map((answer) =>
    answer.kind === 'done' ? answer : { ...answer, sum: answer.sum === undefined ? 'none' : 'some' },
  );
}

function agreed(replayed_: Replay): Required<Replay> {
  const { terms } = replayed_;
  if (terms === undefined) throw new Error('a push without a set-up');
  return { ...replayed_, terms };
}

describe.each(named(/^session-(?:auth-)?(?:push|pipelined|warm)-/))('%s', (name, session) => {
  it('ends well, whole and byte by byte, and nothing different is said', async () => {
    const whole = agreed(await replay(session, [saidBy('server', session)]));
    expect(whole.outcome).toMatchObject({ exitCode: 0, problems: [], serverErrors: [] });
    const pieced = agreed(await replay(session, bytewise(saidBy('server', session))));
    expect(pieced.outcome).toMatchObject({ exitCode: 0, problems: [], serverErrors: [] });
    expect(pieced.text.equals(whole.text) && pieced.names.equals(whole.names)).toBe(true);
    const { protocol } = session;
    expect(dataOf(pieced.rest, protocol).equals(dataOf(whole.rest, protocol))).toBe(true);
  });

  it('has our client say what the real one said', async () => {
    const ours = agreed(await replay(session, [saidBy('server', session)]));
    const theirs = partsOf(session, nameListCount(session, ours.terms));
    if (session.client === '3.5.0') expect(ours.text.toString()).toBe(theirs.text.toString());
    if (session.auth !== undefined) expect(ours.text.toString()).toContain(session.auth.response_line);
    expect(ours.names.toString('latin1')).toBe(theirs.names.map(ourAnswer).join(''));
    const data = { ours: dataOf(ours.rest, session.protocol), theirs: dataOf(theirs.rest, session.protocol) };
    // 3.5.0 writes entries as we do; older ones write the same, in other words.
    if (session.client === '3.5.0') {
      const head = (bytes: Buffer) => cutData(bytes, session, ours.terms).head.toString('hex');
      expect(head(data.ours)).toBe(head(data.theirs));
    }
    if (name.includes('-push-z-')) {
      // 12 bytes that cannot be made shorter: zstd packs them as they are, for both.
      expect(data.ours.includes('Hello rsync') && data.theirs.includes('Hello rsync')).toBe(true);
      return;
    }
    const digestLength = digestLengths[ours.terms.transferChecksum];
    expect(answersIn(data.ours, session, ours, digestLength)).toEqual(
      answersIn(data.theirs, session, ours, 16),
    );
    if (!ours.terms.varintFlags && ours.terms.protocol >= 30) {
      // No negotiation: both hash with MD5, and everything is the same to the last byte.
      expect(data.ours.subarray(-40).toString('hex')).toBe(data.theirs.subarray(-40).toString('hex'));
    }
  });
});

/** One name where the real client sends its list: the one we choose from the server's. */
function ourAnswer(list: string): string {
  const name = list.includes('md5') ? 'xxh128' : 'zstd';
  // Hand-made clients sent one name, before they knew the server's.
  return `${String.fromCharCode(name.length)}${name}`;
}

describe('a session cut in two', () => {
  const names = ['push-3.5.0', 'auth-push-3.2.7', 'push-tree-delete-3.5.0', 'push-module-timeout-3.5.0'];
  it.each(named(new RegExp(`^session-(?:${names.join('|')})$`)))(
    '%s, at every place',
    async (_name, session) => {
      const bytes = saidBy('server', session);
      const whole = await replay(session, [bytes]);
      for (let at = 1; at < bytes.length; at++) {
        const cut = await replay(session, [bytes.subarray(0, at), bytes.subarray(at)]);
        expect(dataOf(cut.rest, session.protocol).equals(dataOf(whole.rest, session.protocol))).toBe(true);
      }
    },
  );
});

describe.each(named(/^session-list-/))('%s', (_name, session) => {
  it('is a list of modules below the message of the day', async () => {
    const { login, text } = await replay(session, [saidBy('server', session)]);
    expect(login.lines).toEqual([
      'Welcome',
      'second motd line',
      '',
      'data           \tread-write area',
      'ro             \tread-only area',
      'auth           \t',
    ]);
    expect(text.toString()).toBe(saidBy('client', session).toString());
  });
});

describe.each(named(/^session-error-/))('%s', (name, session) => {
  it.each([
    ['whole', (bytes: Buffer) => [bytes]],
    ['byte by byte', bytewise],
  ])('ends as it ended for the real client, %s', async (_how, cut) => {
    const replaying = replay(session, cut(saidBy('server', session)));
    const failure: unknown = await replaying.then(
      ({ outcome }) => outcome,
      (thrown: unknown) => thrown,
    );
    if (!(failure instanceof RsyncError)) throw new Error('no RsyncError', { cause: failure });
    expect(failure.exitCode).toBe(session.exit_code);
    if (name.includes('unknown-module')) {
      expect(failure).toBeInstanceOf(UnknownModuleError);
      expect(failure.message).toContain("'nosuch'");
    } else if (name.includes('auth-failed')) {
      expect(failure).toBeInstanceOf(AuthenticationError);
      expect(failure.message).toContain("user 'alice'");
    } else if (session.server === '3.1.3') {
      // 3.1.x resets the connection without a word.
      expect(failure.message).toContain('closed the connection');
    } else {
      expect(failure.message).toMatch(/module is read only|configured to refuse --delete/);
    }
  });

  it('is answered with an empty error-exit, where the server waits for one', async () => {
    const isAwaited = saidBy('server', session).includes(Buffer.from('0400005d', 'hex'));
    const { rest, terms } = await replay(session, [saidBy('server', session)]).catch(() => ({
      rest: Buffer.alloc(0),
      terms: undefined,
    }));
    if (terms === undefined || terms.protocol < 30) {
      expect(isAwaited).toBe(false);
      return;
    }
    const exits = demultiplex(rest).messages.filter(({ code }) => code === 86);
    expect(exits.map(({ payload }) => payload.length)).toEqual(isAwaited ? [0] : []);
  });
});

describe('the recorded sessions', () => {
  it('are all replayed, but for those that are named with their reason', () => {
    const kinds = /^session-(?:auth-push|push|pipelined|warm|list|error)-/;
    expect(replayed.filter(([name]) => !kinds.test(name)).map(([name]) => name)).toEqual([]);
    expect(replayed.length).toBeGreaterThanOrEqual(80);
  });
});
