import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const SOURCE = join(import.meta.dirname, '..', '..', 'src', 'protocol', 'delta', 'assembly', 'scan.ts');
const OPTIONS = [
  '-O3',
  '--runtime',
  'stub',
  '--noAssert',
  '--enable',
  'simd',
  '--importMemory',
  '--initialMemory',
  '1',
];

/** Compiles the inner loops of the match search from their source. */
export async function compileScan(): Promise<Buffer> {
  let compiled: Uint8Array | undefined;
  const { error, stderr } = await asc.main(['scan.ts', ...OPTIONS, '--outFile', 'scan.wasm'], {
    readFile: (name) => (name === 'scan.ts' ? readFileSync(SOURCE, 'utf8') : null),
    writeFile: (name, contents) => {
      if (name === 'scan.wasm') compiled = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error !== null || compiled === undefined)
    throw new Error(`scan.ts does not compile: ${stderr.toString()}`);
  return Buffer.from(compiled);
}

/** The module that carries the compiled loops. */
export function scanModule(wasm: Buffer): string {
  const lines = wasm.toString('base64').match(/.{1,100}/g) ?? [];
  return [
    '/** Made of assembly/scan.ts by `npm run build:wasm`; a test compares them. WebAssembly in base64. */',
    'export const scanWasm =',
    `${lines.map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}
