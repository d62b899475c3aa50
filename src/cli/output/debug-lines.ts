import type { ConnectionStep, ResolvedOptions, Terms } from '../../protocol/index.ts';
import type { DebugLevels } from '../../protocol/internal.ts';

export interface DebugLine {
  readonly text: string;
  /** Not all that is shown goes into a log. */
  readonly isLogged: boolean;
}

/** What rsync says of a step on the way to a session, if it was asked for. */
export function stepLines(step: ConnectionStep, levels: DebugLevels): DebugLine[] {
  switch (step.kind) {
    case 'connecting': {
      if (levels.CONNECT === 0) return [];
      return [{ text: `opening tcp connection to ${step.host} port ${step.port}`, isLogged: true }];
    }
    case 'logged-in': {
      if (levels.PROTO === 0) return [];
      const { remoteProtocol, protocol } = step;
      const text = `(Client) Protocol versions: remote=${remoteProtocol}, negotiated=${protocol}`;
      return [{ text, isLogged: true }];
    }
    case 'arguments': {
      if (levels.CMD === 0) return [];
      const { words, secluded } = step;
      const counted = (list: readonly string[]) => `${list.join(' ')}  (${list.length} args)`;
      const lines = [{ text: `sending daemon args: ${counted(words)}`, isLogged: false }];
      if (secluded.length > 0) lines.push({ text: `protected args: ${counted(secluded)}`, isLogged: false });
      return lines;
    }
  }
}

const DEFAULT_LEVELS: Readonly<Record<string, number>> = { zstd: 3, zlib: 6, zlibx: 6 };

/** `--debug=NSTR`: which algorithms are used, and whether they were negotiated. */
export function namesLines(terms: Terms, options: ResolvedOptions): string[] {
  const { checksumChoice = 'auto', compressChoice = 'auto', compressLevel } = options;
  const { transferChecksum, compression, varintFlags } = terms;
  const how = (choice: string) => (varintFlags && choice === 'auto' ? 'negotiated ' : '');
  const checksum = transferChecksum === 'old-md4' ? 'md4' : transferChecksum;
  const lines = [`Client ${how(checksumChoice)}checksum: ${checksum}`];
  if (compression === 'none') return lines;
  const level = compressLevel ?? DEFAULT_LEVELS[compression];
  return [...lines, `Client ${how(compressChoice)}compress: ${compression} (level ${level})`];
}

/** What the search for blocks came to, at the end of a push. */
export function searchLine(counts: {
  readonly matches: number;
  readonly hashHits: number;
  readonly falseAlarms: number;
  readonly literalBytes: number;
}): string {
  const { matches, hashHits, falseAlarms, literalBytes } = counts;
  return `total: matches=${matches}  hash_hits=${hashHits}  false_alarms=${falseAlarms} data=${literalBytes}`;
}
