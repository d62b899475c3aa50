import { compareNames, encodeName } from '../wire/file-name.ts';
import type { FileEntry } from './file-entry.ts';
import { isDirectory } from './file-mode.ts';

type Compare = (a: FileEntry, b: FileEntry) => number;

const SLASH = 0x2f;
const FIRST_SURROGATE = 0xd800;

/**
 * The order in which both sides number a list: the index of an entry is its place in it. Bytes are compared, not
 * characters. From protocol 29 on folders are compared component by component: at each level first what is not a
 * folder, then the folders as if their names ended with a slash, each right before its contents, and `.` before all.
 *
 * Source: docs/protocol chapter 2, section 2.5.
 */
export function orderOf(protocol: number): Compare {
  return protocol >= 29 ? compareByComponent : (a, b) => compareNames(a.name, b.name);
}

function compareByComponent(a: FileEntry, b: FileEntry): number {
  const aIsFolder = isDirectory(a.mode);
  const bIsFolder = isDirectory(b.mode);
  if (a.name === '.' && aIsFolder) return b.name === '.' && bIsFolder ? 0 : -1;
  if (b.name === '.' && bIsFolder) return 1;
  return compareNamesByComponent(a.name, aIsFolder, b.name, bIsFolder);
}

function compareNamesByComponent(a: string, aIsFolder: boolean, b: string, bIsFolder: boolean): number {
  const at = firstDifference(a, b);
  if (at === a.length && at === b.length) return Number(aIsFolder) - Number(bIsFolder);
  const aUnit = a.charCodeAt(at);
  const bUnit = b.charCodeAt(at);
  if (aUnit >= FIRST_SURROGATE || bUnit >= FIRST_SURROGATE) {
    // UTF-16 units stop telling the order of bytes here: look at the bytes, one per unit.
    return compareNamesByComponent(byteString(a), aIsFolder, byteString(b), bIsFolder);
  }
  const aComponentIsFolder = aIsFolder || a.indexOf('/', at) !== -1;
  const bComponentIsFolder = bIsFolder || b.indexOf('/', at) !== -1;
  if (aComponentIsFolder !== bComponentIsFolder) return aComponentIsFolder ? 1 : -1;
  const end = aComponentIsFolder ? SLASH : -1;
  const difference = (at < a.length ? aUnit : end) - (at < b.length ? bUnit : end);
  return difference === 0 ? a.length - b.length : difference;
}

function firstDifference(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

function byteString(name: string): string {
  return encodeName(name).toString('latin1');
}
