import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Folder, Symlink, symlink } from './memory-tree.ts';

/** Makes files and folders of a literal, in a folder that may be there already. */
export function writeTree(folder: string, tree: Folder): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, node] of Object.entries(tree)) {
    const path = join(folder, name);
    if (node instanceof Symlink) symlinkSync(node.target, path);
    else if (typeof node === 'string' || Buffer.isBuffer(node)) writeFileSync(path, node);
    else writeTree(path, node);
  }
}

/** What is in a folder, as a literal; content as text. */
export function readTree(folder: string): Folder {
  const entries = readdirSync(folder, { withFileTypes: true }).map((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return [entry.name, readTree(path)];
    if (entry.isSymbolicLink()) return [entry.name, symlink(readlinkSync(path))];
    return [entry.name, readFileSync(path, 'utf8')];
  });
  return Object.fromEntries(entries);
}
