import { expect, it } from 'vitest';
import { ProtocolError } from '../../../src/protocol/errors.ts';
import { refuseTooModern } from '../../../src/protocol/options/protocol-needs.ts';
import { resolveOptions } from '../../../src/protocol/options/resolve-options.ts';
import type { TransferOptions } from '../../../src/protocol/options/transfer-options.ts';

/* That rsync ends with the same exit code is compared in test/server/push-errors.test.ts. */

it.each<TransferOptions>([
  { fuzzy: 1 },
  { inplace: true, linkDest: ['x'] },
  { append: 'append', compareDest: ['x'] },
  { copyDest: ['x', 'y'] },
  { pruneEmptyDirs: true },
])('refuses %j below protocol 29', (options) => {
  const resolved = resolveOptions(options);
  expect(() => refuseTooModern(resolved, 28)).toThrow(ProtocolError);
  expect(() => refuseTooModern(resolved, 28)).toThrow(
    'needs protocol 29 or later; the server and we speak 28',
  );
  expect(() => refuseTooModern(resolved, 29)).not.toThrow();
});

it('refuses nothing else', () => {
  const resolved = resolveOptions({ recursive: true, inplace: true, delete: 'default' });
  expect(() => refuseTooModern(resolved, 27)).not.toThrow();
  expect(() => refuseTooModern(resolveOptions({ linkDest: ['x'] }), 27)).not.toThrow();
});
