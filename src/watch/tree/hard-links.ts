import { type BackOffTimes, backOffMs } from '../back-off.ts';
import { errorOf } from '../listeners/log.ts';
import { type Disk, type Found, fileKey } from './disk.ts';

export interface HardLinksParts {
  readonly disk: Disk;
  /** The names in the tree of all files that have more than one, and of those that are asked for, file by file. */
  readonly scan: (files: readonly string[]) => Promise<readonly (readonly string[])[]>;
  /** Another name of a file to which something happened. */
  readonly onOther: (path: string) => void;
  /** A scan has failed, for the first time in a row: it is tried again. */
  readonly onTrouble: (error: Error) => void;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

interface Group {
  readonly paths: Set<string>;
  /** Names that the last scan did not find: they lie outside of the tree. */
  outside: number;
}

/** Pause between scans, in multiples of the last scan. */
const REST = 10;
const RETRY: BackOffTimes = { firstMs: 1000, maxMs: 60_000 };
/** Names that are remembered; if there are more, all are found anew. */
const MAX_NAMES = 500_000;

/**
 * Knows the names of files that have several. Whatever happens to a file is reported for the name that was used, and
 * for a remote the others are files of their own. The tree is scanned when the first such file has changed; after
 * that, new names are learnt from their own events.
 */
export class HardLinks {
  readonly #parts: HardLinksParts;
  readonly #groups = new Map<string, Group>();
  /** Which file each name was when it was last looked at. */
  readonly #files = new Map<string, string>();
  /** Files of which a scan is to find the other names, even if they have lost the one that we know meanwhile. */
  #wanted = new Set<string>();
  /** What has been learnt while a scan was going on. */
  #learnt: { readonly key: string; readonly path: string }[] | undefined;
  #restsUntil = Number.NEGATIVE_INFINITY;
  #isStopped = false;
  /** Scans that failed in a row. */
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: HardLinksParts) {
    this.#parts = parts;
  }

  /**
   * Other names of the file that is at a path now, and of the one that was: something may have been done to it before
   * the name became that of another. Names that are not known yet come later.
   */
  othersOf(path: string, found: Found): string[] {
    const before = this.#files.get(path);
    this.#files.delete(path);
    const others = new Set(before === undefined ? [] : this.#namesOf(before));
    if (found.kind === 'file' && found.isRegular && found.links > 1) {
      const now = fileKey(found);
      this.#learn(now, path);
      this.#learnt?.push({ key: now, path });
      for (const other of this.#namesOf(now)) others.add(other);
    }
    others.delete(path);
    return [...others];
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#wanted.clear();
  }

  #learn(key: string, path: string): void {
    if (this.#files.size >= MAX_NAMES) this.#clear();
    const group = this.#groups.get(key) ?? { paths: new Set(), outside: 0 };
    group.paths.add(path);
    this.#groups.set(key, group);
    this.#files.set(path, key);
  }

  /**
   * The names of a file; those that are of something else by now are forgotten. If it may have more, such as one that
   * it got with a folder that was renamed, these are looked for.
   */
  #namesOf(key: string): string[] {
    const group = this.#groups.get(key);
    if (group === undefined) return [];
    let links = 0;
    for (const path of group.paths) {
      const found = this.#parts.disk.look(path);
      if (found.kind === 'file' && fileKey(found) === key) links = found.links;
      else group.paths.delete(path);
    }
    const known = group.paths.size;
    if (known === 0) this.#groups.delete(key);
    if (known === 0 || known + group.outside < links) this.#want(key);
    return [...group.paths];
  }

  #clear(): void {
    this.#groups.clear();
    this.#files.clear();
  }

  #want(key: string): void {
    this.#wanted.add(key);
    if (this.#learnt !== undefined) return;
    const waitMs = Math.max(0, this.#restsUntil - this.#parts.now());
    this.#timer ??= setTimeout(() => void this.#scan(), waitMs);
  }

  /** Never rejects. */
  async #scan(): Promise<void> {
    const { now } = this.#parts;
    this.#timer = undefined;
    const wanted = this.#wanted;
    this.#wanted = new Set();
    const startedAt = now();
    try {
      await this.#findNames([...wanted]);
      this.#restsUntil = now() + REST * (now() - startedAt);
      this.#failures = 0;
      for (const key of wanted) this.#tellOf(key);
    } catch (thrown) {
      this.#failures += 1;
      this.#restsUntil = now() + backOffMs(this.#failures, RETRY, () => 1);
      for (const key of wanted) this.#wanted.add(key);
      if (this.#failures === 1) this.#parts.onTrouble(errorOf(thrown));
    }
    const [waiting] = this.#wanted;
    if (waiting !== undefined && !this.#isStopped) this.#want(waiting);
  }

  async #findNames(wanted: readonly string[]): Promise<void> {
    const learnt: { readonly key: string; readonly path: string }[] = [];
    this.#learnt = learnt;
    try {
      this.#replace(await this.#parts.scan(wanted));
    } finally {
      this.#learnt = undefined;
      for (const { key, path } of learnt) this.#learn(key, path);
    }
  }

  #tellOf(key: string): void {
    for (const path of this.#groups.get(key)?.paths ?? []) this.#parts.onOther(path);
  }

  #replace(names: readonly (readonly string[])[]): void {
    this.#clear();
    for (const paths of names) {
      const found = this.#parts.disk.look(paths[0] ?? '.');
      if (found.kind !== 'file') continue;
      const key = fileKey(found);
      for (const path of paths) this.#learn(key, path);
      const group = this.#groups.get(key);
      if (group !== undefined) group.outside = Math.max(0, found.links - paths.length);
    }
  }
}
