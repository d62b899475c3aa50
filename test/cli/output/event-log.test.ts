import { describe, expect, it } from 'vitest';
import { openEventLog } from '../../../src/cli/output/event-log.ts';
import { bufferIo } from '../../support/buffer-io.ts';

function linesOf(isTerminal: boolean, fields: object, message = 'sent'): string {
  const io = bufferIo({ isTerminal, environment: { LANG: 'C.UTF-8' } });
  openEventLog(io, 'info').info(fields, message);
  return io.out();
}

describe('a line of the log at a terminal', () => {
  it('has bare values where they are one word', () => {
    expect(linesOf(true, { remote: 'backup@host::www', changed: 1 })).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} sent remote=backup@host::www changed=1\n$/,
    );
  });

  it.each([
    ['a reason=none', '"a reason=none"'],
    ['a=b', '"a=b"'],
    ['', '""'],
    ['say "hi" \\ there', '"say \\"hi\\" \\\\ there"'],
    ['a\u00a0b', '"a\u00a0b"'],
    ['two\nlines', '"two\\#012lines"'],
    ['\u001b[31mred', '\\#033[31mred'],
    ['\u009b31m', '\\#302\\#23331m'],
    ['del\u007f', 'del\\#177'],
    ['lone\udc9b', 'lone\\#233'],
  ])('shows the value %j as %s: no name can pass for another field or for a command', (path, shown) => {
    expect(linesOf(true, { path, tries: 2 })).toContain(` sent path=${shown} tries=2\n`);
  });
});

describe('a record of the log', () => {
  it('is JSON without any character that a terminal obeys', () => {
    const path = 'a\u001bb\u007fc\u0085d\u009be\u202ef';
    const record = linesOf(false, { path }, `about ${path}`);
    expect(record.trimEnd()).not.toMatch(/\p{Cc}|\u202e/u);
    expect(JSON.parse(record)).toMatchObject({ path, msg: `about ${path}` });
  });
});
