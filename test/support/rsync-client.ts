import { execFile } from 'node:child_process';

export interface RsyncResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RsyncOptions {
  /** For the daemon's login. */
  readonly password?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** `latin1` shows every byte. */
  readonly encoding?: 'utf8' | 'latin1';
}

/** Runs the real rsync as a client. */
export function rsync(args: readonly string[], options: RsyncOptions = {}): Promise<RsyncResult> {
  const { password, environment, encoding = 'utf8' } = options;
  const login = password === undefined ? {} : { RSYNC_PASSWORD: password };
  const env = { ...process.env, LC_ALL: 'C', ...login, ...environment };
  return new Promise((resolve, reject) => {
    const child = execFile('rsync', args, { env, encoding }, (error, stdout, stderr) => {
      if (child.exitCode === null) reject(error);
      else resolve({ exitCode: child.exitCode, stdout, stderr });
    });
    child.stdin?.end();
  });
}
