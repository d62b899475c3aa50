import type { Problem } from '../errors.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { KindCounts } from '../file-list/kind-counts.ts';
import type { Item } from '../roles/item.ts';
import type { SenderCounts, SentContent } from '../roles/sender.ts';
import type { ConnectionStep } from '../session/connection.ts';
import type { PeerMessage } from '../session/messages.ts';
import type { Terms } from '../terms.ts';

/** What may be asked of a session while it pushes. */
export interface RunningPush {
  readonly terms: Terms;
  /** The message of the day, line by line. */
  readonly motd: readonly string[];
  /** How far the file list is: it may go on while files are sent. */
  readonly list: { readonly isComplete: boolean; readonly entries: number; readonly size: number };
  /** How many entries the file list has in front of this one. */
  placeOf(item: Item): number;
}

/**
 * What to be told while a push runs. Nothing may be thrown from here. A server may tell of as many deletions and messages
 * as it likes: whoever keeps them sets a limit.
 */
export interface PushListeners {
  /**
   * A line of the daemon's message of the day, as it comes: before the password is asked for, before `begin`, and also
   * if the daemon then refuses us. Told by `push` only; a session that was opened before has its `motd`.
   */
  motd?(line: string): void;
  /** Told by `push` only, like `motd`. */
  step?(step: ConnectionStep): void;
  /** The session is set up, and its file list comes next. */
  begin?(session: RunningPush): void;
  /**
   * An entry was looked at by the receiver, and changed, created or (with two `-i`) left as it is. `sent` is there if
   * its content has been sent for that.
   */
  item?(entry: FileEntry, item: Item, sent?: SentContent): void;
  /** The content of a file is about to be sent; `progress` and `item` follow. */
  sending?(entry: FileEntry, item: Item): void;
  /** An entry is in place at the destination; told with `removeSourceFiles` only, which a tree may ignore. */
  arrived?(entry: FileEntry): void;
  /** An entry was removed at its source, or had gone from there already. */
  removed?(entry: FileEntry, wasThere: boolean): void;
  /** A path was deleted at the destination. */
  deleted?(path: string, isFolder: boolean): void;
  message?(message: PeerMessage): void;
  problem?(problem: Problem): void;
  /** So much of a file has been sent; called several times for a large one, never for an empty one. */
  progress?(entry: FileEntry, position: number): void;
  /** The push is over, whether it went well or not; nothing follows. */
  end?(): void;
}

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
