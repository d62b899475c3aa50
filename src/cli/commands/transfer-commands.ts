import type { Command } from '../io.ts';
import { ls } from './ls.ts';
import { push } from './push.ts';

interface TransferCommand {
  readonly run: Command;
  readonly about: string;
}

/** Commands that have rsync's options, which they read themselves. */
export const transferCommands: ReadonlyMap<string, TransferCommand> = new Map([
  ['push', { run: push, about: 'send files to an rsync daemon, with the options of rsync' }],
  ['ls', { run: ls, about: 'list the modules of an rsync daemon' }],
]);
