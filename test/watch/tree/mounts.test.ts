import { describe, expect, it } from 'vitest';
import { mountOf, parseMounts, readMounts } from '../../../src/watch/tree/mounts.ts';

const lines = [
  '27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
  '28 27 0:22 / /proc rw - proc proc rw',
  '42 27 7:0 /part /srv/a\\040b rw,relatime shared:3 master:2 - ext4 /dev/loop0 rw,errors=continue',
  '43 42 0:40 / /srv/a\\040b rw - tmpfs none rw,size=1024k',
  '44 27 0:41 / /srv/a rw - overlay overlay rw,upperdir=/u',
  '45 27 0:42 / /srv/\xe9\\134 rw - fuse.sshfs me@host:/with\\011tab rw',
];
const parsed = parseMounts(Buffer.from(`${lines.join('\n')}\n`, 'latin1'));

describe('the mounts of a process', () => {
  it('are read with any number of optional fields, and with escaped names', () => {
    expect(parsed).toHaveLength(lines.length);
    expect(parsed[2]).toEqual({
      id: '42',
      path: '/srv/a b',
      folder: '/part',
      type: 'ext4',
      source: '/dev/loop0',
      options: 'rw,errors=continue',
    });
    expect(parsed[5]).toMatchObject({ path: '/srv/\udce9\\', source: 'me@host:/with\ttab' });
  });

  it('are left out where a line makes no sense', () => {
    expect(parseMounts(Buffer.from('\nnonsense\n1 2 3\n1 2 0:1 / /a rw\n'))).toEqual([]);
  });

  it('cover each other: the nearest counts, and there the last', () => {
    const idAt = (path: string) => mountOf(path, parsed)?.id;
    expect(idAt('/')).toBe('27');
    expect(idAt('/srv/a b/c')).toBe('43');
    expect(idAt('/srv/a')).toBe('44');
    expect(idAt('/srv/ab')).toBe('27');
    expect(mountOf('/', [])).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('are those of this machine', () => {
    expect(mountOf('/proc/self', readMounts())).toMatchObject({ path: '/proc', type: 'proc' });
  });
});
