/*
 * Joins the files of the command into a few: of its start, most is spent on finding and opening small modules.
 * Usage: bundle-cli.ts DIST, where tsc has put everything; DIST/cli is replaced.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const dist = resolve(process.argv[2] ?? 'dist');
const folder = join(dist, 'cli');
const bundle = await rolldown({
  input: {
    main: join(folder, 'main.js'),
    // A lane is started by the name of its file, which it finds beside itself.
    'lane-worker': join(dist, 'watch', 'lanes', 'lane-worker.js'),
  },
  platform: 'node',
  // Packages stay packages.
  external: /^[^./]/,
});
const { output } = await bundle.generate({
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  // Less to read at every start; names stay, for whoever sees a stack.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
rmSync(folder, { recursive: true });
mkdirSync(folder);
for (const file of output) {
  if (file.type === 'chunk') writeFileSync(join(folder, file.fileName), file.code);
}
