import { execFile } from 'node:child_process';

export interface RsyncResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real rsync as a client. `password` is for the daemon's login. */
export function rsync(
  args: readonly string[],
  { password }: { password?: string } = {},
): Promise<RsyncResult> {
  const env = { ...process.env, LC_ALL: 'C', ...(password !== undefined && { RSYNC_PASSWORD: password }) };
  return new Promise((resolve, reject) => {
    const child = execFile('rsync', args, { env }, (error, stdout, stderr) => {
      if (child.exitCode === null) reject(error);
      else resolve({ exitCode: child.exitCode, stdout, stderr });
    });
    child.stdin?.end();
  });
}
