import type { RsyncResult } from './rsync-client.ts';

/** What stands in texts for a folder that differs from run to run. */
export interface ToldFolders {
  /** The source, or whatever holds it. */
  readonly source: string;
  /** A server that cannot chroot names its files with the module's whole path. */
  readonly module?: string;
}

/**
 * What a run says, in an order that is the same each time: the server's requests, deletions and messages overtake
 * each other, and hard links are made when their file has arrived.
 */
export function told({ exitCode, stdout, stderr }: RsyncResult, { source, module }: ToldFolders): object {
  const plain = (text: string) =>
    (module === undefined ? text : text.replaceAll(module, 'MODULE')).replaceAll(source, 'FOLDER');
  const lines = plain(stdout).split('\n').slice(0, -1);
  const isDeletion = (line: string) => line.startsWith('*deleting');
  const isItem = (line: string) => /^[<.c][fdLDS][c.+? T]/.test(line);
  const isRest = (line: string) => !isDeletion(line) && !isItem(line);
  const errors = plain(stderr).replaceAll(/\(in \w+\)/g, '(in a module)');
  return {
    exitCode,
    items: lines.filter(isItem),
    deletions: lines.filter(isDeletion),
    rest: lines.filter(isRest).sort(),
    // Why a push could not be, each program says in words of its own.
    errors: exitCode === 0 || exitCode > 20 ? errors.split('\n').filter(isNoLastLine).sort() : [],
  };
}

/** Each program has words of its own for how it ended; rsync's are two lines if the server left without a word. */
function isNoLastLine(line: string): boolean {
  return !/^(?:rsync (?:error|warning)|tsersync): .* \(code \d+\)|^rsync: connection unexpectedly closed /.test(
    line,
  );
}
