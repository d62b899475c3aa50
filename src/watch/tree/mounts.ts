import { readFileSync } from 'node:fs';
import { decodeName } from '../../protocol/index.ts';

/** A mounted file system, or a part of one, as Linux lists it. */
export interface Mount {
  /** A number that no other mount has; when it is unmounted, the next one may have it. */
  readonly id: string;
  /** Where it is mounted: absolute. */
  readonly path: string;
  /** The folder of the file system that is seen there: of a bind mount not its root. */
  readonly folder: string;
  readonly type: string;
  /** A device, a server, or any text. */
  readonly source: string;
  /** The options of the file system: of an overlay its folders. */
  readonly options: string;
}

const MOUNT_INFO = '/proc/self/mountinfo';

/** What is mounted for this process, in the order of mounting; nothing where the system does not tell. */
export function readMounts(): Mount[] {
  try {
    return parseMounts(readFileSync(MOUNT_INFO));
  } catch {
    return [];
  }
}

/**
 * Lines such as `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`; any number of fields
 * before the hyphen. Lines that cannot be read are left out.
 *
 * Source: proc_pid_mountinfo(5).
 */
export function parseMounts(bytes: Buffer): Mount[] {
  const mounts: Mount[] = [];
  for (const line of bytes.toString('latin1').split('\n')) {
    const [own = '', system = ''] = line.split(' - ', 2);
    const [id, , , folder, path] = own.split(' ');
    const [type, source = '', options = ''] = system.split(' ');
    if (!id || !folder || !path || !type) continue;
    mounts.push({
      id,
      path: unescaped(path),
      folder: unescaped(folder),
      type,
      source: unescaped(source),
      options,
    });
  }
  return mounts;
}

/** The mount that a path lies on: of those above it the nearest, and there the last one, which covers the others. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let nearest: Mount | undefined;
  for (const mount of mounts) {
    const isAbove = mount.path === '/' || path === mount.path || path.startsWith(`${mount.path}/`);
    if (isAbove && mount.path.length >= (nearest?.path.length ?? 0)) nearest = mount;
  }
  return nearest;
}

/** Blanks, tabs, line ends and backslashes are written as three octal digits. */
function unescaped(field: string): string {
  const bytes = field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return decodeName(Buffer.from(bytes, 'latin1'));
}
