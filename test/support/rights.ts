import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';

/** Whether the tests run as root. */
export const isRoot = process.geteuid?.() === 0;

/** Whether the daemons of the tests do: then they chroot, and store symlinks and owners as they are. */
export const isServerRoot = isRoot || process.env.TSERSYNC_RSYNCD === 'docker';

/** Removes a tree, also folders whose owner has no right to look into them. */
export function removeTree(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EACCES') throw thrown;
    openFolders(Buffer.from(folder));
    rmSync(folder, { recursive: true, force: true });
  }
}

function openFolders(folder: Buffer): void {
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    if (lstatSync(path).isDirectory()) openFolders(path);
  }
}
