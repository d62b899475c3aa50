import fc from 'fast-check';
import type { FilterOption, TransferOptions } from '../../src/protocol/options/transfer-options.ts';
import { addToTree, type Tree } from './filtered-tree.ts';

/** Source and destination of one transfer. A path that both have is a file in both or a folder in both. */
export interface TreePair {
  readonly source: Tree;
  readonly destination: Tree;
}

/** Rules as a user gives them: lines of a file that is merged first, and options. */
export interface Ruling {
  readonly lines: readonly string[];
  readonly options: TransferOptions & { readonly filters: readonly FilterOption[] };
}

const names = [
  ...['foo.o', 'x.o', 'ab', 'core', '.hid', '-', '- a', '+ b', '!', ' a', 'a b', '#a', 'ü', '中', '\udcff'],
  ...['a\udcfe', 'x[1]', 'x1', 'a*', 'a**', 'q?', 'b\\c', 'c\\', 'n\nl', '[', ']'],
];
const component = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('a', 'b', 'foo', 'bar') },
  fc.constantFrom(...names),
);

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('/', '/', '*', '**', 'a', 'b', 'foo') },
  fc.constantFrom(...names.filter((name) => !name.includes('\n'))),
  fc.constantFrom(
    '***',
    '?',
    '[ab]',
    '[!a]',
    '[^b-z]',
    '[[:alpha:]]',
    '[]x]',
    '\\',
    '\\*',
    '\\[',
    '[a',
    '.o',
    'o',
  ),
);
const pattern = fc
  .tuple(
    fc.constantFrom('', '', '', '/', '**/'),
    fc.array(piece, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '', '', '', '/', '/*', '/**', '/***', '***'),
  )
  .map((parts) => parts.flat().join(''));

const patternRule = fc
  .tuple(
    fc.constantFrom('-', '-', '-', '+', '+', 'H', 'S', 'P', 'R', 'exclude', 'include', 'protect'),
    fc.constantFrom('', '', '', '', '', '!', '/', 'p', 'p', 'x', '/!', 'p!'),
    pattern,
  )
  .map(([name, modifiers, text]) => `${name}${modifiers === '' ? '' : `,${modifiers}`} ${text}`);
const sidedRule = fc
  .tuple(fc.constantFrom('-', '+'), fc.constantFrom('s', 'r', 'sr', 'rp', '!s'), pattern)
  .map(([name, modifiers, text]) => `${name}${modifiers} ${text}`);
const dirMerge = fc
  .tuple(
    fc.constantFrom('', '', '', '', '', 'n', 'e', 's', 'r', 'p', '/', 'x', '-', '+', 'w-', 'C', 'n-p', 'ws'),
    fc.constantFrom('.f', '.f', '.g', '/.f', '../.f', './.g', 'a/.f'),
  )
  .map(([modifiers, file]) => `:${modifiers} ${file}`);

const ruleOfOptions = fc.oneof(
  { weight: 6, arbitrary: patternRule },
  { weight: 2, arbitrary: sidedRule },
  { weight: 3, arbitrary: dirMerge },
  fc.constantFrom('!', ':C', '-C', '+ */', '- *', '-s *', 'P *', ': /.rsync-filter', '- .rsync-filter'),
);
const lineOfTree = fc.oneof(
  { weight: 12, arbitrary: patternRule },
  dirMerge,
  fc.constantFrom('!', 'clear', '# remark', '; remark', '', '-C', '. ./.h', '. .h', '-s a'),
);
const contentOfTree = fc
  .array(lineOfTree, { maxLength: 4 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

const optionsOfRuling = fc.record(
  {
    filters: fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant('filter' as const), text: ruleOfOptions }),
        fc.record({ kind: fc.constantFrom('exclude' as const, 'include' as const), text: pattern }),
      ),
      { maxLength: 3 },
    ),
    cvsExclude: fc.constantFrom(false, false, false, true),
    deleteExcluded: fc.constantFrom(false, false, false, true),
  },
  { requiredKeys: ['filters'] },
);

/** Arguments of a process are text, so what is not UTF-8 is only in the lines. */
export const arbitraryRuling: fc.Arbitrary<Ruling> = fc
  .record({ lines: fc.array(ruleOfOptions, { maxLength: 4 }), options: optionsOfRuling })
  .filter(({ options }) => options.filters.every(({ text }) => text.isWellFormed()));

const folderPath = fc.array(component, { maxLength: 3 }).map((parts) => parts.join('/'));
const anyName = { folder: folderPath, name: component };
const ruleFileName = fc.constantFrom('.f', '.f', '.f', '.g', '.h', '.rsync-filter', '.cvsignore');
const entry = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ...anyName, content: fc.constant('') }) },
  { weight: 1, arbitrary: fc.record({ ...anyName, content: fc.constant(undefined) }) },
  { weight: 2, arbitrary: fc.record({ folder: folderPath, name: ruleFileName, content: contentOfTree }) },
);

export const arbitraryTreePair: fc.Arbitrary<TreePair> = fc
  .array(fc.tuple(entry, fc.constantFrom('source', 'destination', 'both', 'both')), {
    minLength: 6,
    maxLength: 24,
  })
  .map((entries) => {
    const source = new Map<string, string | undefined>();
    const destination = new Map<string, string | undefined>();
    for (const [{ folder, name, content }, place] of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (!hasRoom(source, path, content) || !hasRoom(destination, path, content)) continue;
      if (place !== 'destination') addToTree(source, path, content);
      if (place !== 'source') addToTree(destination, path, content);
    }
    return { source, destination };
  });

/** Whether the path is free, below no file, and itself no file above others. */
function hasRoom(tree: Tree, path: string, content: string | undefined): boolean {
  return [...tree].every(([other, there]) => {
    const isBelowFile = there !== undefined && path.startsWith(`${other}/`);
    const isAboveOther = content !== undefined && other.startsWith(`${path}/`);
    return other !== path && !isBelowFile && !isAboveOther;
  });
}

const wildPattern = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c', '*', '*', '**', '?', '/') },
      fc.constantFrom(...'[]!^-\\:.\udcff', '***', '[a', '[!', 'b-', '[:alpha:]', '[^a-b]'),
    ),
    { minLength: 1, maxLength: 9 },
  )
  .map((parts) => parts.join(''));
const wildName = fc
  .array(fc.constantFrom(...'aabbcd-][!^\\*:.\udcff/'), { minLength: 1, maxLength: 7 })
  .map((parts) => parts.join(''))
  .filter((name) => name.split('/').every((part) => !['', '.', '..'].includes(part)));

/** A tree with many folders that hold the same names, and each a rule file `.f` of its own, with one pattern in it. */
export const arbitraryPatternTree: fc.Arbitrary<Tree> = fc
  .tuple(
    fc.uniqueArray(wildPattern, { minLength: 100, maxLength: 100 }),
    fc.uniqueArray(wildName, { minLength: 30, maxLength: 30 }),
  )
  .map(([patterns, names]) => {
    const inFolder = new Map<string, string | undefined>();
    for (const name of names) if (hasRoom(inFolder, name, '')) addToTree(inFolder, name, '');
    const tree = new Map<string, string | undefined>();
    for (const [i, text] of patterns.entries()) {
      addToTree(tree, `${i}/.f`, `- ${text}\n`);
      for (const [name, content] of inFolder) tree.set(`${i}/${name}`, content);
    }
    return tree;
  });
