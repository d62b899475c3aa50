import { errorOf } from '../listeners/log.ts';
import type { LocalDisk } from '../tree/disk.ts';
import type { SettledPath } from './dirty-paths.ts';

export interface WritersParts {
  readonly disk: Pick<LocalDisk, 'look' | 'absolute'>;
  /** The topmost new folder at a path, or on the way to it: all that is in it is sent with it. */
  readonly newFolderAt: (path: string) => string | undefined;
  /** Answers which of these absolute paths are being written; folders end with a slash. It may take many milliseconds. */
  readonly beingWritten: (paths: readonly string[]) => ReadonlySet<string>;
  /** Nobody could be asked. Must not throw. */
  readonly onTrouble: (error: Error) => void;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

/** Looks may take this part of the time, */
const SHARE = 0.2;
/** and so much of it at once, after a while without any. */
const MAX_CREDIT_MS = 100;
/** The longest time without a look. */
const MAX_REST_MS = 500;
/** If more paths than this are told of at once, none is looked at early: more are to come. */
const MAX_EARLY = 16;
const MAX_FINISHED = 1000;

/**
 * Whether somebody is writing to a path that has settled. A look takes about as long as a path takes to settle. So it
 * is made while the path settles: what nobody has open then, and of which nothing is told afterwards, is finished.
 */
export class Writers {
  readonly #parts: WritersParts;
  /** How long looks may take now; below zero, there are none. */
  #creditMs = MAX_CREDIT_MS;
  #creditAt: number;
  /** Told of since the last early look. */
  readonly #news = new Set<string>();
  #earlyLook: NodeJS.Immediate | undefined;
  /** Found closed, and not told of since. */
  readonly #finished = new Set<string>();

  constructor(parts: WritersParts) {
    this.#parts = parts;
    this.#creditAt = parts.now();
  }

  /** For so many milliseconds no look is made. */
  get restMs(): number {
    const now = this.#parts.now();
    this.#creditMs = Math.min(MAX_CREDIT_MS, this.#creditMs + SHARE * (now - this.#creditAt));
    this.#creditAt = now;
    return Math.max(0, -this.#creditMs / SHARE);
  }

  /** The system tells of a path: what was found out about it before counts no longer. */
  told(path: string): void {
    this.#finished.delete(path);
    if (this.#news.size > MAX_EARLY) return;
    this.#news.add(path);
    // What the system tells together is heard together.
    this.#earlyLook ??= setImmediate(() => this.#lookEarly());
  }

  /** Those of the settled paths to which somebody writes, or may write: for a moment, nothing may be known. */
  writtenOf(settled: readonly SettledPath[]): ReadonlySet<SettledPath> {
    const doubtful = new Map<SettledPath, string>();
    for (const each of settled) {
      const place = each.isOverdue ? undefined : this.#doubtfulPlaceOf(each.path);
      if (place !== undefined) doubtful.set(each, place);
    }
    if (doubtful.size === 0 || this.restMs > 0) return new Set(doubtful.keys());
    const open = this.#ask(new Map([...doubtful].map(([{ path }, place]) => [path, place])));
    return new Set([...doubtful.keys()].filter(({ path }) => open.has(path)));
  }

  /** Forgets everything, and looks at nothing any more until something is told. */
  clear(): void {
    clearImmediate(this.#earlyLook);
    this.#earlyLook = undefined;
    this.#news.clear();
    this.#finished.clear();
  }

  #lookEarly(): void {
    this.#earlyLook = undefined;
    const news = [...this.#news];
    this.#news.clear();
    if (news.length > MAX_EARLY || this.restMs > 0) return;
    try {
      const files = new Map<string, string>();
      for (const path of news) {
        const place = this.#doubtfulPlaceOf(path);
        // Much more is told of what is in a new folder.
        if (place !== undefined && !place.endsWith('/')) files.set(path, place);
      }
      if (files.size > 0) this.#ask(files);
    } catch (thrown) {
      this.#parts.onTrouble(errorOf(thrown));
    }
  }

  /** Those of the paths to whose places somebody writes. */
  #ask(places: ReadonlyMap<string, string>): ReadonlySet<string> {
    const { beingWritten, now } = this.#parts;
    const startedAt = now();
    const open = beingWritten([...new Set(places.values())]);
    const tookMs = now() - startedAt;
    this.#creditMs = Math.max(this.#creditMs - tookMs, -SHARE * MAX_REST_MS);
    this.#creditAt = startedAt + tookMs;
    const written = new Set<string>();
    for (const [path, place] of places) {
      if (open.has(place)) written.add(path);
      // Of a folder nothing is told when a file in it is.
      else if (!place.endsWith('/')) this.#finish(path);
    }
    return written;
  }

  #finish(path: string): void {
    this.#finished.delete(path);
    this.#finished.add(path);
    if (this.#finished.size <= MAX_FINISHED) return;
    const [oldest] = this.#finished;
    if (oldest !== undefined) this.#finished.delete(oldest);
  }

  /** Where somebody may be writing: the file, or the new folder that it is sent with. */
  #doubtfulPlaceOf(path: string): string | undefined {
    if (this.#finished.has(path)) return undefined;
    const { disk, newFolderAt } = this.#parts;
    const folder = newFolderAt(path);
    if (folder !== undefined) return `${disk.absolute(folder)}/`;
    const found = disk.look(path);
    return found.kind === 'file' && found.isRegular ? disk.absolute(path) : undefined;
  }
}
