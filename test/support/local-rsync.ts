import { execFile } from 'node:child_process';
import { decodeName } from '../../src/protocol/wire/file-name.ts';

/** What one run of the real rsync said. */
export interface RsyncRun {
  readonly exitCode: number;
  /** Lines of its standard output, control characters unescaped, as names. */
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs the real rsync, without a shell. A machine without it is an error, never a reason to skip. */
export function runRsync(args: readonly string[], cwd: string): Promise<RsyncRun> {
  const env = { PATH: process.env.PATH, HOME: cwd, LC_ALL: 'C' };
  return new Promise((resolve, reject) => {
    execFile('rsync', args, { cwd, env, encoding: 'buffer', maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code !== 'number') {
        reject(new Error('these tests need a real rsync in the PATH', { cause: error }));
        return;
      }
      const lines = stdout.toString('latin1').split('\n').slice(0, -1).map(withoutEscapes);
      resolve({ exitCode: code, lines, errors: stderr.toString() });
    });
  });
}

/** Undoes what rsync does to control characters (and, in the C locale without `-8`, to bytes from 0x80 on). */
function withoutEscapes(line: string): string {
  const bytes = line.replace(/\\#([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return decodeName(Buffer.from(bytes, 'latin1'));
}
