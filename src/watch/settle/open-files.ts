import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
} from 'node:fs';
import { encodeName } from '../../protocol/index.ts';
import { systemPath } from '../../protocol/internal.ts';

const ACCESS_MODE = 0o3;
/** Processes that are looked through in any case. */
const MAX_WRITERS = 100;
const COUNTERS_LENGTH = 1024;

/** What is known of a process from the last time that its open files were looked through. */
interface Process {
  /** How many files it had open, and how often it had written; undefined if that cannot be found out. */
  readonly counters: string | undefined;
  readonly paths: readonly string[];
  /** Its open files are not ours to look at. */
  readonly isDenied: boolean;
  /** It has been found writing to what was asked for. */
  readonly isWriter: boolean;
}

interface Wanted {
  /** Files by the last parts of their paths. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  /** Folders, each with a slash at its end, and the bytes that the paths of all files in it begin with. */
  readonly folders: ReadonlyArray<readonly [folder: string, prefix: string]>;
}

/**
 * Finds files that some process holds open for writing, through Linux's /proc; elsewhere it finds none. To look through
 * all open files of a machine takes many milliseconds, so only those processes are looked through that are new, have
 * written before, or of which the number of open files or of write(2) calls has changed since the last time. A look
 * also stops after a while: what it has not seen by then counts as closed. Writers are looked at first, in any case,
 * then the youngest.
 */
export class OpenFiles {
  readonly #budgetMs: number;
  readonly #proc: string;
  /** We write to nothing that is watched. */
  readonly #self: string | undefined;
  /** Whether this system tells how many files a process has open. */
  readonly #countsFiles: boolean;
  readonly #buffer = Buffer.alloc(COUNTERS_LENGTH);
  #known = new Map<string, Process>();

  constructor(budgetMs: number, proc = '/proc') {
    this.#budgetMs = budgetMs;
    this.#proc = proc;
    this.#self = attempt(() => readlinkSync(`${proc}/self`, 'latin1'));
    this.#countsFiles = (this.#sizeOf('self') ?? 0) > 0;
  }

  /**
   * Those of the absolute paths that are being written; a folder, with a slash at its end, is if any file in it is.
   * Without any, gets to know the processes there are.
   */
  beingWritten(paths: readonly string[]): Set<string> {
    const [folders, files] = [true, false].map((is) => paths.filter((path) => path.endsWith('/') === is));
    const wanted: Wanted = {
      files: Map.groupBy(files ?? [], (path) => lastName(bytesOf(path))),
      folders: (folders ?? []).map((folder) => [folder, bytesOf(folder)] as const),
    };
    const found = new Set<string>();
    const { writers, others } = this.#processes();
    for (const pid of writers) for (const path of this.#writtenBy(pid, wanted)) found.add(path);
    // The machine may have been busy until here.
    const until = performance.now() + this.#budgetMs;
    for (const pid of others) {
      if ((paths.length > 0 && found.size === paths.length) || performance.now() > until) break;
      for (const path of this.#writtenBy(pid, wanted)) found.add(path);
    }
    return found;
  }

  #processes(): { readonly writers: readonly string[]; readonly others: readonly string[] } {
    const all = attempt(() => readdirSync(this.#proc)) ?? [];
    const ids = all
      .filter((name) => /^\d+$/.test(name) && name !== this.#self)
      .sort((a, b) => Number(b) - Number(a));
    const before = this.#known;
    this.#known = new Map();
    for (const id of ids) {
      const known = before.get(id);
      if (known !== undefined) this.#known.set(id, known);
    }
    const writers = ids.filter((id) => this.#known.get(id)?.isWriter).slice(0, MAX_WRITERS);
    const isSeen = new Set(writers);
    return { writers, others: ids.filter((id) => !isSeen.has(id)) };
  }

  #writtenBy(pid: string, wanted: Wanted): string[] {
    const known = this.#known.get(pid);
    if (known?.isDenied) return [];
    const counters = this.#countersOf(pid);
    const isSame =
      known !== undefined && !known.isWriter && counters !== undefined && counters === known.counters;
    if (isSame && !known.paths.some((path) => isWanted(path, wanted))) return [];
    const descriptors = attempt(() => readdirSync(`${this.#proc}/${pid}/fd`));
    const paths: string[] = [];
    const written = (descriptors ?? []).flatMap((descriptor) => {
      const path = attempt(() => readlinkSync(`${this.#proc}/${pid}/fd/${descriptor}`, 'latin1'));
      if (path === undefined || !path.startsWith('/')) return [];
      paths.push(path);
      return this.#matches(pid, descriptor, path, wanted);
    });
    const isWriter = written.length > 0 || known?.isWriter === true;
    this.#known.set(pid, { counters, paths, isDenied: descriptors === undefined, isWriter });
    return written;
  }

  /** Those of the paths that a descriptor writes to; its own text may be that of another mount, such as a container's. */
  #matches(pid: string, descriptor: string, text: string, wanted: Wanted): string[] {
    if (!isWanted(text, wanted)) return [];
    const paths = wanted.files.get(lastName(text)) ?? [];
    const info = attempt(() => readFileSync(`${this.#proc}/${pid}/fdinfo/${descriptor}`, 'latin1'));
    if (!isForWriting(info)) return [];
    const folders = wanted.folders.flatMap(([folder, prefix]) => (text.startsWith(prefix) ? [folder] : []));
    const same = [...folders, ...paths.filter((path) => bytesOf(path) === text)];
    if (same.length > 0) return same;
    const open = attempt(() => statSync(`${this.#proc}/${pid}/fd/${descriptor}`));
    if (open === undefined || !open.isFile()) return [];
    return paths.filter((path) => {
      const there = attempt(() => lstatSync(systemPath(path)));
      return there?.ino === open.ino && there.dev === open.dev;
    });
  }

  /** Since Linux 6.2, the size of a folder of descriptors is their number. */
  #countersOf(pid: string): string | undefined {
    const size = this.#sizeOf(pid);
    if (size === undefined) return undefined;
    // Threads of the kernel, for instance.
    if (size === 0) return this.#countsFiles ? 'none' : undefined;
    const text = attempt(() => this.#read(`${this.#proc}/${pid}/io`));
    const writes = /^syscw: \d+/m.exec(text ?? '')?.[0];
    return writes && `${size} ${writes}`;
  }

  #sizeOf(pid: string): number | undefined {
    return attempt(() => statSync(`${this.#proc}/${pid}/fd`, { throwIfNoEntry: false })?.size);
  }

  #read(path: string): string {
    const file = openSync(path, 'r');
    try {
      return this.#buffer.toString('latin1', 0, readSync(file, this.#buffer, 0, COUNTERS_LENGTH, 0));
    } finally {
      closeSync(file);
    }
  }
}

/** A path as readlink tells it, a character for each byte. */
function bytesOf(path: string): string {
  return encodeName(path).toString('latin1');
}

function isWanted(path: string, { files, folders }: Wanted): boolean {
  return files.has(lastName(path)) || folders.some(([, prefix]) => path.startsWith(prefix));
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isForWriting(info: string | undefined): boolean {
  const [, flags] = /^flags:\s*(\d+)/m.exec(info ?? '') ?? [];
  return flags !== undefined && (Number.parseInt(flags, 8) & ACCESS_MODE) !== 0;
}

/** Processes end, and most are not ours to look at: both are as good as nothing there. */
function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
