import type { ConnectionStep, PeerMessage, PushListeners, PushResult } from '../../protocol/index.ts';
import { stepLines } from './debug-lines.ts';
import { type ReportParts, SessionReport } from './session-report.ts';

/** What a server says last before it gives up; we say it in our own words. */
const LAST_WORDS = /^rsync (?:error|warning): (.*) \(code \d+\) at /;

/** The report about one push, from before there is a session to the end. */
export class PushReport {
  readonly listeners: PushListeners = {
    step: (step) => this.#step(step),
    motd: (line) => {
      if (this.#parts.output.motd !== false) this.#parts.screen.printAndLog(line);
    },
    begin: (session) => {
      this.#session = new SessionReport(session, this.#parts);
      this.#session.begin();
    },
    sending: (entry, item) => this.#session?.sending(entry, item),
    progress: (entry, position) => this.#session?.progress(entry, position),
    item: (entry, item, sent) => this.#session?.item(entry, item, sent),
    deleted: (path, isFolder) => this.#session?.deleted(path, isFolder),
    removed: (entry, wasThere) => this.#session?.removed(entry, wasThere),
    problem: (problem) => this.#session?.problem(problem),
    message: (message) => this.#message(message),
  };
  readonly #parts: ReportParts;
  #session: SessionReport | undefined;
  #lastWords: string | undefined;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /** Why the server gave up, in its words. */
  get lastWords(): string | undefined {
    return this.#lastWords;
  }

  /** The last lines of a push that went to its end. */
  finish(result: PushResult): void {
    this.#session?.finish(result);
  }

  /** What is said before there is a session is about rules that are left out. */
  #tell(message: PeerMessage): void {
    if (this.#session !== undefined) this.#session.message(message);
    else this.#parts.screen.error(message.text);
  }

  #step(step: ConnectionStep): void {
    const { screen, debug } = this.#parts;
    for (const { text, isLogged } of stepLines(step, debug)) {
      if (isLogged) screen.printAndLog(text);
      else screen.print(text);
    }
  }

  #message(message: PeerMessage): void {
    const [, reason] = LAST_WORDS.exec(message.text) ?? [];
    if (reason === undefined) {
      this.#tell(message);
    } else {
      this.#lastWords = reason;
      this.#parts.screen.log(message.text);
    }
  }
}
