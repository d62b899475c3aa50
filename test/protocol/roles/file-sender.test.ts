import { describe, expect, it } from 'vitest';
import { FileSender, type FileSenderParts } from '../../../src/protocol/roles/file-sender.ts';
import { MemoryTree } from '../../support/memory-tree.ts';

const ENTRY = { name: 'f', mode: 0o100_644, size: 1, mtime: 0, mtimeNs: 0, uid: 0, gid: 0 };

describe('a file that cannot be opened', () => {
  it.each([
    ['ENOENT', 'vanished'],
    ['EISDIR', 'failed'],
    ['ENOTDIR', 'failed'],
    ['ELOOP', 'failed'],
    ['EACCES', 'failed'],
  ])('has vanished only if nothing is there: %s', async (code, kind) => {
    const tree = new MemoryTree([ENTRY], new Map());
    tree.open = () => {
      throw Object.assign(new Error(code), { code });
    };
    const parts: Pick<FileSenderParts, 'tree' | 'isPacked'> = { tree, isPacked: false };
    expect(await new FileSender(parts as FileSenderParts).open(ENTRY)).toMatchObject({ doing: 'open', kind });
  });
});
