import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rsync } from '../support/rsync-client.ts';
import { type Rsyncd, startRsyncd } from '../support/rsyncd.ts';
import { told } from '../support/told.ts';
import { tsersync } from '../support/tsersync-client.ts';

const GIB = 2 ** 30;
const SIZE = 5 * GIB;
/** A disk's block as stat(2) counts them. */
const STAT_BLOCK = 512;
const PATIENCE_MS = 300_000;

/** Where there is no hole: on both sides of 2 and of 4 GiB, which are the limits of 32 bits. */
const marks = [0, 2 * GIB - 3, 4 * GIB - 3, SIZE - 6];

/** Reading 5 GiB three times takes ten seconds and more: enough of it once, beside the server of this machine. */
const isLeftOut = process.env.TSERSYNC_RSYNCD === 'docker';
if (isLeftOut) {
  process.stderr.write(
    '! The file of 5 GiB is pushed to the rsync of this machine only, not to containers\n',
  );
}

let folder: string;
let rsyncd: Rsyncd;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-large-')));
  mkdirSync(join(folder, 'source'));
  rsyncd = await startRsyncd({ modules: [{ name: 'theirs' }, { name: 'ours' }] });
});

afterAll(async () => {
  await rsyncd[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Writes at the marks, into what is there already. */
function mark(text: string, seconds: number): void {
  const path = join(folder, 'source/file');
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT);
  ftruncateSync(descriptor, SIZE);
  for (const position of marks) writeSync(descriptor, text, position);
  closeSync(descriptor);
  utimesSync(path, seconds, seconds);
}

/** What stands at the marks of a stored file, its size, and whether most of it is still a hole. */
function stored(module: string) {
  const descriptor = openSync(join(rsyncd.modulePath(module), 'file'), 'r');
  const bytes = Buffer.alloc(6);
  const texts = marks.map((position) =>
    bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, 6, position)),
  );
  const { size, blocks, mtimeMs } = fstatSync(descriptor);
  closeSync(descriptor);
  return { texts, size, isSparse: blocks * STAT_BLOCK < GIB, seconds: mtimeMs / 1000 };
}

async function push(options: readonly string[], module: 'theirs' | 'ours') {
  const words = ['-i', ...options, `${folder}/source/`, rsyncd.url(module)];
  return told(await (module === 'theirs' ? rsync(words) : tsersync(['push', ...words])), { source: folder });
}

describe.skipIf(isLeftOut)('a file of 5 GiB, nearly all of it a hole', () => {
  it('arrives as it does from rsync, and stays a hole', { timeout: PATIENCE_MS }, async () => {
    mark('first!', 1_600_000_000);
    const [theirs, ours] = await Promise.all([push(['-aSz'], 'theirs'), push(['-aSz'], 'ours')]);
    expect(ours).toEqual(theirs);
    expect(stored('ours')).toEqual({
      texts: marks.map(() => 'first!'),
      size: SIZE,
      isSparse: true,
      seconds: 1_600_000_000,
    });
    expect(stored('ours')).toEqual(stored('theirs'));
  });

  it('is updated by its changes, also behind 4 GiB', { timeout: PATIENCE_MS }, async () => {
    mark('second', 1_600_000_100);
    expect(await push(['-aS'], 'ours')).toMatchObject({ exitCode: 0, items: ['<f..t...... file'] });
    expect(stored('ours')).toEqual({
      texts: marks.map(() => 'second'),
      size: SIZE,
      isSparse: true,
      seconds: 1_600_000_100,
    });
  });
});
