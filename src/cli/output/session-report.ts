import {
  type FileEntry,
  type Item,
  itemFlags,
  type OutputOptions,
  type PeerMessage,
  type Problem,
  type PushResult,
  type ResolvedOptions,
  type RunningPush,
  type SentContent,
} from '../../protocol/index.ts';
import type { DebugLevels, InfoLevels } from '../../protocol/internal.ts';
import type { SourcePaths } from '../source-paths.ts';
import { namesLines, searchLine } from './debug-lines.ts';
import { ItemLines } from './item-lines.ts';
import { deletionValues, itemValues, type LineContext, shownName } from './item-values.ts';
import type { Readability } from './number-format.ts';
import { problemLine } from './problem-lines.ts';
import { type Completion, ProgressMeter } from './progress.ts';
import type { Screen } from './screen.ts';
import { statisticsLines, summaryLines } from './statistics.ts';

export interface ReportParts {
  readonly screen: Screen;
  readonly options: ResolvedOptions;
  readonly output: OutputOptions;
  readonly levels: InfoLevels;
  readonly debug: DebugLevels;
  readonly paths: SourcePaths;
  readonly now: () => Date;
  readonly processId: number;
  /** When the command was started. */
  readonly startedAt: Date;
}

/** Says what a push does while it does it, in rsync's words and at rsync's moments. */
export class SessionReport {
  readonly #session: RunningPush;
  readonly #parts: ReportParts;
  readonly #context: LineContext;
  readonly #lines: ItemLines;
  readonly #readability: Readability;
  readonly #meter: ProgressMeter;
  #isListAnnounced = false;
  #transferredFiles = 0;
  /** Bytes of the files that were sent before the present one. */
  #doneBytes = 0;

  constructor(session: RunningPush, parts: ReportParts) {
    const { options, output, levels, paths, now, processId } = parts;
    this.#session = session;
    this.#parts = parts;
    this.#context = {
      paths,
      now,
      processId,
      terms: session.terms,
      times: options.times === true,
      checksum: options.checksum === true,
    };
    this.#lines = new ItemLines(options, output, levels);
    this.#readability = output.humanReadable ?? 1;
    this.#meter = new ProgressMeter(this.#readability, () => now().getTime());
  }

  begin(): void {
    const { screen, options, levels, debug } = this.#parts;
    if (debug.NSTR > 0) {
      for (const line of namesLines(this.#session.terms, options)) screen.printAndLog(line);
    }
    screen.log('building file list');
    this.#meter.restart();
    if (this.#session.terms.incrementalRecursion) {
      this.#isListAnnounced = true;
      if (levels.FLIST > 0) screen.print('sending incremental file list');
    } else if (!this.#parts.options.dirs) {
      // Files alone are no list worth a word.
      this.#isListAnnounced = true;
    } else if (levels.FLIST > 1) {
      screen.print('building file list ... ');
    }
  }

  /** The content of a file is about to go out: its name stands above its progress, even if that breaks off. */
  sending(entry: FileEntry, item: Item): void {
    const { screen, levels } = this.#parts;
    this.#announceList();
    if (levels.PROGRESS === 1) this.#meter.restart();
    if (!this.#lines.hasLines) return;
    if (!this.#lines.isLate) this.#show(this.#lines.shown(itemValues(entry, item, undefined, this.#context)));
    else if (levels.PROGRESS > 0 && levels.NAME > 0) screen.print(shownName(entry, this.#context));
  }

  progress(entry: FileEntry, position: number): void {
    const { screen, levels } = this.#parts;
    if (levels.PROGRESS === 0) return;
    const advance = levels.PROGRESS > 1 ? this.#total(position) : { done: position, total: entry.size };
    const line = this.#meter.update(advance);
    if (line !== undefined) screen.progress(line);
  }

  item(entry: FileEntry, item: Item, sent: SentContent | undefined): void {
    this.#announceList();
    if (sent !== undefined) this.#completeFile(entry, item);
    if (!this.#lines.hasLines || (sent === undefined && !this.#lines.isDue(entry, item))) return;
    const values = itemValues(entry, item, sent, this.#context);
    if (sent === undefined || this.#lines.isLate) this.#show(this.#lines.shown(values));
    // A log tells nothing of what a dry run would send.
    const isLogged = sent !== undefined || (item.flags & itemFlags.transfer) === 0;
    if (isLogged) this.#note(this.#lines.logged(values));
  }

  deleted(path: string, isFolder: boolean): void {
    this.#announceList();
    const values = deletionValues(path, isFolder, this.#context);
    this.#show(this.#lines.shownDeletion(values));
    this.#note(this.#lines.loggedDeletion(values));
  }

  /** An entry has left its source, or had left it before. */
  removed({ name }: FileEntry, wasThere: boolean): void {
    const { screen, levels, paths } = this.#parts;
    const shown = paths.shownName(name);
    if (!wasThere) screen.printAndLog(`sender file already removed: ${shown}`);
    else if (levels.REMOVE > 0) screen.printAndLog(`sender removed ${shown}`);
  }

  message({ level, text }: PeerMessage): void {
    const { screen } = this.#parts;
    if (level !== 'info') {
      screen.error(text);
      return;
    }
    this.#announceList();
    screen.printAndLog(text);
  }

  problem(problem: Problem): void {
    const { screen, paths } = this.#parts;
    const { isError, text } = problemLine(problem, paths);
    if (isError) screen.error(text);
    else screen.printAndLog(text);
  }

  /** The last lines of a push that went to its end. */
  finish({ statistics, exitCode }: PushResult): void {
    const { screen, options, levels, debug, now, startedAt } = this.#parts;
    this.#announceList();
    if (levels.PROGRESS > 1)
      screen.progress(this.#meter.complete(this.#total(0), this.#completion()), 'last');
    const terms = {
      protocol: this.#session.terms.protocol,
      readability: this.#readability,
      isDryRun: options.dryRun === true,
      seconds: wholeSeconds(now()) - wholeSeconds(startedAt),
    };
    if (debug.DELTASUM > 0) screen.printAndLog(searchLine(statistics));
    if (levels.STATS > 1) this.#block(statisticsLines(statistics, terms));
    if (levels.STATS > 0) this.#block(summaryLines(statistics, terms));
    const isSummed = levels.STATS > 0 && exitCode === 0;
    const { sentBytes, receivedBytes, totalSize } = statistics;
    if (!isSummed)
      screen.log(`sent ${sentBytes} bytes  received ${receivedBytes} bytes  total size ${totalSize}`);
  }

  /** A list that comes in one piece is complete when the first file of it is looked at. */
  #announceList(): void {
    if (this.#isListAnnounced) return;
    this.#isListAnnounced = true;
    const { screen, levels } = this.#parts;
    if (levels.FLIST === 1) screen.print('building file list ... done');
    const { entries } = this.#session.list;
    if (levels.FLIST > 1)
      screen.progress(` 0 files...\r${entries} file${entries === 1 ? '' : 's'} to consider`, 'last');
  }

  #block(lines: readonly string[]): void {
    this.#parts.screen.print('');
    for (const line of lines) this.#parts.screen.printAndLog(line);
  }

  #show(line: string | undefined): void {
    if (line !== undefined) this.#parts.screen.print(line);
  }

  #note(line: string | undefined): void {
    if (line !== undefined) this.#parts.screen.log(line);
  }

  #completeFile(entry: FileEntry, item: Item): void {
    const { screen, levels } = this.#parts;
    this.#transferredFiles += 1;
    this.#doneBytes += entry.size;
    if (levels.PROGRESS === 0) return;
    const isAlone = levels.PROGRESS === 1;
    const advance = isAlone ? { done: entry.size, total: entry.size } : this.#total(0);
    screen.progress(this.#meter.complete(advance, this.#completion(item)), isAlone ? 'last' : 'open');
  }

  #total(position: number): { readonly done: number; readonly total: number } {
    return { done: this.#doneBytes + position, total: this.#session.list.size };
  }

  /** How far the list is: up to this item, or all of it. */
  #completion(item?: Item): Completion {
    const { entries: listed, isComplete } = this.#session.list;
    const place = item === undefined ? listed : this.#session.placeOf(item) + 1;
    return {
      transferredFiles: this.#transferredFiles,
      toCheck: listed - place,
      listed,
      isGrowing: !isComplete,
      coversLast: this.#parts.levels.PROGRESS > 1,
    };
  }
}

function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
