import type { DaemonTarget } from '../connect/target.ts';
import type { CvsIgnore } from '../filter/rule.ts';
import type { ConnectionOptions, TransferOptions } from '../options/transfer-options.ts';
import type { ConnectionStep } from '../session/connection.ts';

export interface OpenPushRequest {
  readonly target: DaemonTarget;
  readonly transfer: TransferOptions;
  readonly connection?: ConnectionOptions;
  readonly signal?: AbortSignal | undefined;
  /** Each line of the daemon's message of the day, as it comes: also if the daemon then refuses us. */
  readonly onMotd?: ((line: string) => void) | undefined;
  readonly onStep?: ((step: ConnectionStep) => void) | undefined;
}

export interface PushRequest extends OpenPushRequest {
  /** What CVS ignores besides its own list, for `--cvs-exclude`. */
  readonly cvsIgnore?: CvsIgnore;
}

export interface ListRequest {
  /** Seconds without a byte from the daemon after which the call fails; 0 is for ever. */
  readonly timeout?: number | undefined;
  /** Each line as it comes, of the message of the day or of the list: also if the daemon then refuses or goes away. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
