import {
  type FileEntry,
  hasChanges,
  type InfoLevels,
  type Item,
  isDirectory,
  itemFlags,
  type OutputOptions,
  type TransferOptions,
} from '../../protocol/index.ts';
import { type LineValues, OutFormat } from './out-format.ts';

const ITEMIZED_FORMAT = '%i %n%L';
const NAME_FORMAT = '%n%L';

/** What is known only once a file has been sent: a line with one of these comes late. */
const LATE_LETTERS = 'bcC';

/** What itself says that a path was deleted; other formats give way to a plain sentence. */
const DELETION_LETTERS = 'io';

/** The lines about single files, on the screen or in a log: which files get one, and what it says. */
export class ItemLines {
  readonly #format: OutFormat;
  readonly #showsUnchanged: boolean;

  constructor(format: string, { itemizeChanges = 0, verbose = 0 }: TransferOptions) {
    this.#format = new OutFormat(format);
    this.#showsUnchanged = itemizeChanges > 1 || verbose > 1;
  }

  /** The line of a file whose content is sent can be said only afterwards. */
  get isLate(): boolean {
    return this.#format.has(LATE_LETTERS);
  }

  /** Whether an entry whose content is not sent gets a line. */
  isDue(entry: FileEntry, item: Item): boolean {
    const { flags, name } = item;
    if (flags & itemFlags.transfer) return true;
    const itemizes = this.#format.has('i');
    const isVisible = itemizes || isDirectory(entry.mode) || (flags & itemFlags.localChange) !== 0;
    if (hasChanges(item) && isVisible) return true;
    return itemizes && (this.#showsUnchanged || (name !== undefined && name.length > 0));
  }

  /** Undefined if the format is empty. */
  line(values: LineValues): string | undefined {
    return this.#format.isEmpty ? undefined : this.#format.line(values);
  }

  deletion(values: LineValues): string {
    if (this.#format.has(DELETION_LETTERS)) return this.#format.line(values);
    return plainDeletion(values);
  }
}

/** What is said of a deleted path where no format says anything. */
export function plainDeletion({ text }: LineValues): string {
  return `deleting ${text('n')}`;
}

/** The lines on the screen, if files are named there at all. */
export function screenLines(options: TransferOptions, levels: InfoLevels): ItemLines | undefined {
  const { outFormat, itemizeChanges = 0 } = options;
  const implied = itemizeChanges > 0 ? ITEMIZED_FORMAT : levels.NAME > 0 ? NAME_FORMAT : undefined;
  const format = outFormat ?? implied;
  return format === undefined ? undefined : new ItemLines(format, options);
}

/** The lines in the log, if there is one. */
export function logLines(options: TransferOptions, output: OutputOptions): ItemLines | undefined {
  if (output.logFile === undefined) return undefined;
  return new ItemLines(output.logFileFormat ?? ITEMIZED_FORMAT, options);
}
