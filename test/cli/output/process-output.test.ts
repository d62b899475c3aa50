import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FileOutput, StreamOutput } from '../../../src/cli/output/process-output.ts';

function failingStream(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })),
  });
}

describe('standard output that is a stream', () => {
  it('tells that everything arrived', async () => {
    const chunks: Buffer[] = [];
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        chunks.push(chunk);
        setImmediate(done);
      },
    });
    const output = new StreamOutput(stream);
    output.write(Buffer.from('some '));
    output.write(Buffer.from('text'));
    expect(await output.settled()).toBeUndefined();
    expect(Buffer.concat(chunks).toString()).toBe('some text');
  });

  it.each(['ENOSPC', 'EIO'])('tells of %s', async (code) => {
    const output = new StreamOutput(failingStream(code));
    output.write(Buffer.from('text'));
    output.write(Buffer.from('more'));
    expect(await output.settled()).toMatchObject({ code });
  });

  it('does not mind that nobody reads any more', async () => {
    const output = new StreamOutput(failingStream('EPIPE'));
    output.write(Buffer.from('text'));
    output.write(Buffer.from('more'));
    expect(await output.settled()).toBeUndefined();
  });
});

describe('standard output that is a file', () => {
  it('takes everything', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tsersync-file-output-'));
    const descriptor = openSync(join(folder, 'out'), 'w');
    const output = new FileOutput(descriptor);
    output.write(Buffer.from('one\n'));
    output.write(Buffer.from('two\n'));
    expect(await output.settled()).toBeUndefined();
    closeSync(descriptor);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('one\ntwo\n');
    rmSync(folder, { recursive: true });
  });

  it.runIf(process.platform === 'linux')('tells that the disk is full', async () => {
    const descriptor = openSync('/dev/full', 'w');
    const output = new FileOutput(descriptor);
    output.write(Buffer.from('text'));
    expect(await output.settled()).toMatchObject({ code: 'ENOSPC' });
    closeSync(descriptor);
  });
});
