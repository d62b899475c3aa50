import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Mount } from './mounts.ts';

/** Where the UUID stands in a device, by type of file system: the offset in bytes. It has 16 bytes. */
const UUID_AT: Readonly<Record<string, number>> = {
  ext2: 0x468,
  ext3: 0x468,
  ext4: 0x468,
  xfs: 0x20,
  btrfs: 0x10020,
};

const BY_UUID = '/dev/disk/by-uuid';

/**
 * The UUID of a mounted file system. Node has no call for it: udev's links tell it, and root may read it from the
 * device. Undefined where neither is there, such as in most containers.
 */
export function fileSystemId({ type, source }: Pick<Mount, 'type' | 'source'>): string | undefined {
  if (!source.startsWith('/dev/')) return undefined;
  return uuidInDevice(type, source) ?? linkedUuid(source);
}

function uuidInDevice(type: string, device: string): string | undefined {
  const position = UUID_AT[type];
  if (position === undefined || !isBlockDevice(device)) return undefined;
  const uuid = Buffer.alloc(16);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(device, 'r');
    return readSync(descriptor, uuid, 0, uuid.length, position) === uuid.length
      ? uuid.toString('hex')
      : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function isBlockDevice(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isBlockDevice() === true;
}

function linkedUuid(device: string): string | undefined {
  try {
    const uuid = readdirSync(BY_UUID).find(
      (name) => basename(readlinkSync(`${BY_UUID}/${name}`)) === basename(device),
    );
    return uuid?.replaceAll('-', '').toLowerCase();
  } catch {
    return undefined;
  }
}
