import type { Problem } from '../errors.ts';
import type { FileEntry } from '../file-list/file-entry.ts';
import type { Item } from '../roles/item.ts';
import type { SentContent } from '../roles/sender.ts';
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
