/*
 * Compiles the inner loops of the match search and writes them as a module, so that they need no file at run time:
 *
 *   npm run build:wasm
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScan, scanModule } from '../test/support/compile-scan.ts';

const target = join(import.meta.dirname, '..', 'src', 'protocol', 'delta', 'scan-wasm.ts');
writeFileSync(target, scanModule(await compileScan()));
