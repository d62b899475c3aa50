import { spawnSync } from 'node:child_process';

/** Mounts a file system of its own on a folder. Who may not do that, such as somebody who is not root, is told so. */
export function mountMemory(folder: string): Disposable {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', 'tsersync-test', folder], {
    encoding: 'utf8',
  });
  const isMounted = status === 0;
  if (!isMounted) {
    warn(`nothing can be mounted here, so this is tested without: ${(error?.message ?? stderr).trim()}`);
  }
  return {
    [Symbol.dispose]: () => {
      if (!isMounted) return;
      const { status, stderr } = spawnSync('umount', [folder], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`what was mounted for a test is still in use: ${stderr}`);
    },
  };
}

function warn(text: string): void {
  const line = '!'.repeat(110);
  process.stderr.write(`\n${line}\n! ${text}\n${line}\n`);
}
