import type { DeleteMoment, TransferOptions } from './transfer-options.ts';

/** Options with everything that follows from them: what the transfer really does. */
export interface ResolvedOptions extends TransferOptions {
  readonly recursive: boolean;
  /** Folders are part of the file list at all. */
  readonly dirs: boolean;
  readonly relative: boolean;
  /** Without it nothing is deleted. */
  readonly delete?: DeleteMoment;
  readonly owner: boolean;
  readonly group: boolean;
  readonly omitDirTimes: boolean;
  readonly openNoatime: boolean;
  readonly compress: boolean;
  readonly wholeFile: boolean;
  readonly inplace: boolean;
  readonly partial: boolean;
  /** Clean: no empty parts, no `.`, no slash at the end. */
  readonly partialDir?: string;
  readonly delayUpdates: boolean;
  readonly backup: boolean;
  /** Without it backups lie beside the files. */
  readonly backupDir?: string;
  readonly suffix: string;
}
