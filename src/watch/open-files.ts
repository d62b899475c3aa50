import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { encodeName } from '../protocol/index.ts';

const ACCESS_MODE = 0o3;

/**
 * Finds files that some process holds open for writing, through Linux's /proc; elsewhere it finds none. A look costs a
 * few microseconds for each open file of the machine, so it stops after a while: what it has not seen by then counts as
 * closed. Processes that wrote the last time are looked at first, then the youngest.
 */
export class OpenFiles {
  readonly #budgetMs: number;
  readonly #proc: string;
  #writers: string[] = [];

  constructor(budgetMs: number, proc = '/proc') {
    this.#budgetMs = budgetMs;
    this.#proc = proc;
  }

  /** Those of the absolute paths that are being written. */
  beingWritten(paths: readonly string[]): Set<string> {
    const wanted = new Map(paths.map((path) => [encodeName(path).toString('latin1'), path]));
    const found = new Set<string>();
    const writers: string[] = [];
    const until = performance.now() + this.#budgetMs;
    for (const pid of this.#processes()) {
      if (found.size === wanted.size || performance.now() > until) break;
      const written = this.#writtenBy(pid, wanted);
      if (written.length > 0) writers.push(pid);
      for (const path of written) found.add(path);
    }
    this.#writers = writers;
    return found;
  }

  #processes(): string[] {
    const all = attempt(() => readdirSync(this.#proc)) ?? [];
    const ids = all.filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
    return [...new Set([...this.#writers, ...ids])];
  }

  #writtenBy(pid: string, wanted: ReadonlyMap<string, string>): string[] {
    const folder = `${this.#proc}/${pid}`;
    const descriptors = attempt(() => readdirSync(`${folder}/fd`)) ?? [];
    return descriptors.flatMap((descriptor) => {
      const path = attempt(() => readlinkSync(`${folder}/fd/${descriptor}`, 'latin1'));
      const known = path === undefined ? undefined : wanted.get(path);
      if (known === undefined) return [];
      const info = attempt(() => readFileSync(`${folder}/fdinfo/${descriptor}`, 'latin1'));
      return isForWriting(info) ? [known] : [];
    });
  }
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
