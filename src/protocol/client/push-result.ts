import type { Problem } from '../errors.ts';
import type { KindCounts } from '../file-list/kind-counts.ts';
import type { SenderCounts } from '../roles/sender.ts';

export interface PushStatistics extends SenderCounts {
  /** Entries in the file list. */
  readonly totalFiles: number;
  /** The same, by kind. */
  readonly listed: KindCounts;
  /** Bytes of all regular files and symlinks in the list, as rsync counts them. */
  readonly totalSize: number;
  /** How long it took to read the tree for the list. */
  readonly listingMs: number;
  /** Bytes on the wire, handshake included. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** How a push that went to its end has ended. */
export interface PushResult {
  /** rsync's: 0; 23 some files did not arrive; 24 some source files vanished; 25 `--max-delete` was reached. */
  readonly exitCode: number;
  /** Files that could not be read on our side; of each path one of each kind, or two where a second try failed. */
  readonly problems: readonly Problem[];
  /** Further ones, of the same paths and kinds. */
  readonly repeatedProblems: number;
  /** The first error texts of the server. */
  readonly serverErrors: readonly string[];
  readonly statistics: PushStatistics;
}
