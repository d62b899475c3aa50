import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../src/watch/index.ts';
import { blocksOf } from './support/markdown.ts';

const ROOT = join(import.meta.dirname, '..');
const documents = globSync(['README.md', 'CHANGELOG.md', 'docs/**/*.md', 'src/*/README.md'], { cwd: ROOT })
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function withoutCode(markdown: string): string {
  return markdown
    .replaceAll(/^```.*?^```$/gms, '')
    .replaceAll(/`[^`\n]*`/g, (code) => 'x'.repeat(code.length));
}

function linksOf(markdown: string): string[] {
  const links = withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].map(([, target = '']) => target).filter((target) => !/^[a-z]+:/.test(target));
}

/** Anchors of headings, as GitHub makes them. */
function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of markdown.replaceAll(/^```.*?^```$/gms, '').matchAll(/^#+ +(.*)$/gm)) {
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${slug}-${again}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Links of a document that lead nowhere; `text` in place of what the file holds. */
function brokenLinks(file: string, text = textOf(file)): string[] {
  return linksOf(text).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(ROOT, target))) return true;
    if (anchor === undefined) return false;
    const isDocument = statSync(join(ROOT, target)).isFile() && target.endsWith('.md');
    return !isDocument || !anchorsOf(target === file ? text : textOf(target)).has(anchor);
  });
}

describe('the documents', () => {
  it('are there, and link to each other', () => {
    expect(documents).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/configuration.md',
        'docs/migrating-from-sersync.md',
        'docs/protocol/README.md',
        'src/protocol/README.md',
      ]),
    );
    expect(linksOf(textOf('README.md')).length).toBeGreaterThan(5);
    expect(documents.flatMap((file) => linksOf(textOf(file))).length).toBeGreaterThan(40);
  });

  it.each(documents)('have no broken link: %s', (file) => {
    expect(brokenLinks(file)).toEqual([]);
  });

  it('would be caught with one', () => {
    const text = '# A `b` c\n[a](LICENSE) [b](nowhere.md) [c](#a-b-c) [d](#gone) [e](LICENSE#x) `[f](no)`\n';
    expect(brokenLinks('README.md', text)).toEqual(['nowhere.md', '#gone', 'LICENSE#x']);
  });

  it('name only scripts that npm has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((file) => [...textOf(file).matchAll(/npm run ([\w:-]+)/g)]);
    expect(named.length).toBeGreaterThan(3);
    expect(named.map(([, name = '']) => name).filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('hold configs that are read without an error or a note', () => {
    const blocks = documents.flatMap((file) => blocksOf(textOf(file)));
    const configs = blocks.filter(
      ({ language, code }) => language === 'xml' && /^(?:<\?xml|<head)/.test(code),
    );
    expect(configs.length).toBeGreaterThan(1);
    for (const { code } of configs) expect(parseConfig(Buffer.from(code), 'example.xml').notes).toEqual([]);
  });
});

describe('the snippets of the README', () => {
  const snippets = blocksOf(textOf('README.md')).filter(({ language }) => language === 'ts');
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tsersync-snippets-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the compiler has to say of programs that import the package by its name. */
  function complaintsAbout(programs: readonly string[]): string {
    const files = programs.map((program, index) => {
      writeFileSync(join(folder, `snippet-${index}.ts`), program);
      return `snippet-${index}.ts`;
    });
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        typeRoots: [join(ROOT, 'node_modules/@types')],
        paths: { tsersync: [join(ROOT, 'src/index.ts')], 'tsersync/*': [join(ROOT, 'src/*/index.ts')] },
      },
      files: [...files, join(ROOT, 'src/protocol/delta/webassembly.d.ts')],
      include: [],
    };
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    try {
      execFileSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]);
      return '';
    } catch (thrown) {
      return String((thrown as { stdout: Buffer }).stdout);
    }
  }

  it('compile', { timeout: 60_000 }, () => {
    expect(snippets.length).toBeGreaterThan(3);
    expect(complaintsAbout(snippets.map(({ code }) => code))).toBe('');
  });

  it('would not if they were wrong', { timeout: 60_000 }, () => {
    const program =
      "import { openPush, nothing } from 'tsersync/protocol';\nawait openPush({ target: 1 });\n";
    const complaints = complaintsAbout([program]);
    expect(complaints).toMatch(/TS2305.*nothing/);
    expect(complaints).toMatch(/TS2322.*number/);
  });
});
