import {
  type FileEntry,
  type Item,
  isDirectory,
  itemFlags,
  type OutputOptions,
  type TransferOptions,
} from '../../protocol/index.ts';
import { hasChanges, type InfoLevels } from '../../protocol/internal.ts';
import { type LineValues, OutFormat } from './out-format.ts';

const ITEMIZED_FORMAT = '%i %n%L';
const NAME_FORMAT = '%n%L';

/** What is known only once a file has been sent: a line with one of these comes late. */
const LATE_LETTERS = 'bcC';

/** What itself says that a path was deleted; other formats give way to a plain sentence. */
const DELETION_LETTERS = 'io';

/** The lines about single files, on the screen and in the log: which files get one, and what it says. */
export class ItemLines {
  readonly #screen: OutFormat | undefined;
  readonly #log: OutFormat | undefined;
  readonly #showsDeletions: boolean;
  readonly #itemizes: boolean;
  readonly #showsUnchanged: boolean;

  constructor(options: TransferOptions, output: OutputOptions, levels: InfoLevels) {
    const { itemizeChanges = 0, verbose = 0 } = options;
    this.#screen = screenFormat(options, levels);
    this.#log =
      output.logFile === undefined ? undefined : new OutFormat(output.logFileFormat ?? ITEMIZED_FORMAT);
    this.#showsDeletions = this.#screen !== undefined || levels.DEL > 0;
    this.#itemizes = this.#screen?.has('i') === true;
    this.#showsUnchanged = itemizeChanges > 1 || verbose > 1;
  }

  /** The line of a file whose content is sent can be said only afterwards. */
  get isLate(): boolean {
    return this.#screen?.has(LATE_LETTERS) === true;
  }

  /** Files are shown or logged at all: if not, their values need not be put together. */
  get hasLines(): boolean {
    return this.#screen !== undefined || this.#log !== undefined;
  }

  /** Whether an entry whose content is not sent gets a line; the log follows the screen in this. */
  isDue(entry: FileEntry, item: Item): boolean {
    const { flags, name } = item;
    if (flags & itemFlags.transfer) return true;
    const isVisible = this.#itemizes || isDirectory(entry.mode) || (flags & itemFlags.localChange) !== 0;
    if (hasChanges(item) && isVisible) return true;
    return (this.#itemizes && this.#showsUnchanged) || (name !== undefined && name.length > 0);
  }

  shown(values: LineValues): string | undefined {
    return this.#screen?.line(values);
  }

  /** An empty format keeps files out of the log. */
  logged(values: LineValues): string | undefined {
    return this.#log?.line(values) || undefined;
  }

  shownDeletion(values: LineValues): string | undefined {
    return this.#showsDeletions ? deletion(this.#screen, values) : undefined;
  }

  loggedDeletion(values: LineValues): string | undefined {
    return this.#log === undefined ? undefined : deletion(this.#log, values);
  }
}

function screenFormat(
  { outFormat, itemizeChanges = 0 }: TransferOptions,
  levels: InfoLevels,
): OutFormat | undefined {
  const implied = itemizeChanges > 0 ? ITEMIZED_FORMAT : levels.NAME > 0 ? NAME_FORMAT : undefined;
  const format = outFormat ?? implied;
  return format === undefined ? undefined : new OutFormat(format);
}

function deletion(format: OutFormat | undefined, values: LineValues): string {
  return format?.has(DELETION_LETTERS) ? format.line(values) : `deleting ${values.text('n')}`;
}
