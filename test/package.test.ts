import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
  bin: Record<string, string>;
  exports: Record<string, unknown>;
};
const entries = Object.keys(manifest.exports)
  .filter((entry) => entry !== './package.json')
  .map((entry) => manifest.name + entry.slice(1));

/** Packages that a user of the protocol alone must not pay for. */
const notForProtocol = ['chokidar', 'commander', 'pino', 'fast-xml-parser'];

/** An empty project that has installed our tarball and nothing else. */
let consumer: string;

beforeAll(async () => {
  consumer = realpathSync(mkdtempSync(join(tmpdir(), 'tsersync-package-')));
  await npm(ROOT, 'pack', '--pack-destination', consumer);
  const [tarball] = readdirSync(consumer);
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }');
  const quiet = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await npm(consumer, 'install', `./${tarball}`, ...quiet);
}, 300_000);

afterAll(() => rmSync(consumer, { recursive: true, force: true }));

const run = promisify(execFile);

function npm(cwd: string, ...args: string[]): Promise<unknown> {
  return run('npm', args, { cwd, shell: process.platform === 'win32' });
}

/** Runs a module in the consumer's folder. */
async function node(source: string): Promise<string> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: consumer,
  });
  return stdout;
}

/** The URLs of all modules that importing `entry` loads. */
async function modulesOf(entry: string): Promise<string[]> {
  const stdout = await node(`
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    await import('${entry}');
    process.stdout.write(JSON.stringify(urls));
  `);
  return JSON.parse(stdout) as string[];
}

describe('the package, installed from its tarball', { timeout: 60_000 }, () => {
  it('holds the program and its papers, and nothing of the workshop', () => {
    const files = readdirSync(join(consumer, 'node_modules', manifest.name));
    expect(files.filter((file) => !/^(?:README|LICENSE)/.test(file)).sort()).toEqual([
      'CHANGELOG.md',
      'dist',
      'docs',
      'fixtures',
      'package.json',
    ]);
    expect(files).toContain('LICENSE');
  });

  it.each(entries)('can import %s', async (entry) => {
    const own = (await modulesOf(entry)).filter((url) => url.includes(`/${manifest.name}/dist/`));
    expect(own).not.toEqual([]);
  });

  it('has under its own name all that the other entries have', async () => {
    const names = await node(`
      const [all, ...parts] = await Promise.all(${JSON.stringify(entries)}.map((entry) => import(entry)));
      const known = new Set(Object.keys(all));
      const own = parts.flatMap((part) => Object.keys(part));
      process.stdout.write(JSON.stringify({ count: own.length, missing: own.filter((name) => !known.has(name)) }));
    `);
    expect(JSON.parse(names)).toEqual({ count: expect.toSatisfy((count) => count > 20), missing: [] });
  });

  it('shows nothing that is meant for the package itself', async () => {
    const found = await node(`
      const found = ['tsersync/protocol/internal', 'tsersync/dist/protocol/internal.js'];
      const outcomes = await Promise.allSettled(found.map((entry) => import(entry)));
      process.stdout.write(outcomes.map(({ reason }) => reason?.code).join(' '));
    `);
    expect(found).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('loads no package of the watcher or the command for the protocol', async () => {
    const urls = await modulesOf(`${manifest.name}/protocol`);
    const loaded = notForProtocol.filter((name) =>
      urls.some((url) => url.includes(`/node_modules/${name}/`)),
    );
    expect(loaded).toEqual([]);
    // The look itself sees packages.
    expect((await modulesOf('commander')).join()).toContain('/node_modules/commander/');
  });

  it('has types for every entry', async () => {
    const program = entries.map(
      (entry, i) => `import * as entry${i} from '${entry}';\nexport { entry${i} };\n`,
    );
    writeFileSync(join(consumer, 'program.ts'), program.join(''));
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
    };
    writeFileSync(
      join(consumer, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts'] }),
    );
    const tsc = run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', consumer]);
    expect(
      await tsc.then(
        () => '',
        (error: { stdout: string }) => error.stdout,
      ),
    ).toBe('');
  });

  it.each(Object.keys(manifest.bin))('has the command %s', async (name) => {
    const shell = process.platform === 'win32';
    const { stdout } = await run(join(consumer, 'node_modules/.bin', name), ['--version'], { shell });
    expect(stdout.trim()).toBe(manifest.version);
  });
});
