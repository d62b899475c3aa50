import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..', 'src');

/**
 * Who may import whom in a part: a room imports itself and rooms of lower levels, never its neighbours on the same
 * level. A room is a folder, or a file that stands alone.
 */
const levels: Readonly<Record<string, ReadonlyArray<readonly string[]>>> = {
  protocol: [
    ['errors.ts', 'terms.ts'],
    ['arguments.ts'],
    ['options'],
    ['wire', 'checksum'],
    ['named-files'],
    ['stream', 'file-list', 'filter', 'delta'],
    ['connect', 'handshake', 'roles', 'trees'],
    ['session'],
    ['client'],
    ['index.ts', 'internal.ts'],
  ],
  watch: [
    ['back-off.ts', 'change.ts', 'listeners', 'path-tree.ts'],
    ['filter'],
    ['tree'],
    ['config'],
    ['settle', 'lanes'],
    ['remote'],
    ['replicator.ts'],
    ['index.ts'],
  ],
};

/** A floor on which nobody has to search. */
const MAX_ROOMS_OF_WATCH = 12;

/** The three parts: each sees the ones before it, through their index, or what is for the package itself. */
const parts = ['protocol', 'watch', 'cli'];

/** Where the outside world may be touched; everything else computes. */
const outside: Readonly<Record<string, readonly string[]>> = {
  'node:fs': [
    'protocol/connect/early-input.ts',
    'protocol/connect/password-file.ts',
    'protocol/named-files',
    'protocol/trees',
    'watch',
    'cli',
  ],
  'node:net': ['protocol/connect', 'watch/tree/folder-lock.ts'],
  'node:tls': ['protocol/connect'],
  // What a user names to stand for a connection.
  'node:child_process': ['cli', 'protocol/connect/program.ts'],
  'node:worker_threads': ['watch/lanes'],
  process: [
    'watch/tree/folder-lock.ts',
    'protocol/named-files',
    'protocol/connect/password-file.ts',
    'protocol/trees',
    'cli',
    'watch/lanes',
  ],
  console: [],
};

/** Packages, and the part that may load them. */
const packages: Readonly<Record<string, string>> = {
  'xxhash-wasm': 'protocol/checksum',
  'hash-wasm': 'protocol/checksum',
  chokidar: 'watch',
  'fast-xml-parser': 'watch',
  re2js: 'watch',
  tinyqueue: 'watch',
  commander: 'cli',
  pino: 'cli',
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = globSync('**/*.ts', { cwd: SRC }).map((file) => file.replaceAll('\\', '/'));
const imports: Import[] = files.flatMap((from) => importsOf(from).map((to) => ({ from, to })));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const statements = /^(?:import|export)\b[^;'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...text.matchAll(statements)].map(([, named, bare, dynamic]) => {
    const name = (named ?? bare ?? dynamic) as string;
    if (!name.startsWith('.')) return name;
    return relative(SRC, join(SRC, dirname(file), name)).replaceAll('\\', '/');
  });
}

function isLocal(target: string): boolean {
  return existsSync(join(SRC, target));
}

function roomOf(file: string): string {
  return file.split('/')[1] as string;
}

function roomsOf(part: string): string[] {
  return [...new Set(files.filter((file) => isIn(file, part)).map(roomOf))];
}

function isIn(file: string, place: string): boolean {
  return file === place || file.startsWith(`${place}/`);
}

describe('the house', () => {
  it('has files and imports to look at', () => {
    expect(files.length).toBeGreaterThan(10);
    expect(imports.filter(({ to }) => isLocal(to)).length).toBeGreaterThan(10);
  });

  it.each(Object.entries(levels))('gives every room of src/%s a level', (part, rooms) => {
    expect(roomsOf(part).filter((room) => !rooms.flat().includes(room))).toEqual([]);
    expect(rooms.flat().filter((room) => !roomsOf(part).includes(room))).toEqual([]);
  });

  it.each(Object.entries(levels))('has no arrow up or sideways in src/%s', (part, rooms) => {
    const levelOf = (file: string) => rooms.findIndex((level) => level.includes(roomOf(file)));
    const wrong = imports
      .filter(({ from, to }) => isIn(from, part) && isIn(to, part))
      .filter(({ from, to }) => roomOf(from) !== roomOf(to) && levelOf(to) >= levelOf(from));
    expect(wrong).toEqual([]);
  });

  it('has few rooms on the floor of src/watch', () => {
    expect(roomsOf('watch').length).toBeLessThanOrEqual(MAX_ROOMS_OF_WATCH);
  });

  it('lets the parts see each other in one direction, through the front door', () => {
    const partOf = (file: string) => parts.findIndex((part) => isIn(file, part));
    const wrong = imports
      .filter(({ to }) => isLocal(to))
      .filter(({ from, to }) => partOf(from) !== -1 && partOf(from) !== partOf(to))
      .filter(
        ({ from, to }) =>
          partOf(to) > partOf(from) || partOf(to) === -1 || !/^\w+\/(index|internal)\.ts$/.test(to),
      );
    expect(wrong).toEqual([]);
  });

  it('has no circle of imports', () => {
    const targets = new Map<string, string[]>();
    for (const { from, to } of imports)
      if (isLocal(to)) targets.set(from, [...(targets.get(from) ?? []), to]);
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, `a circle: ${[...path, file].join(' -> ')}`).not.toContain(file);
      if (done.has(file)) return;
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it('touches the outside world only where that is the job', () => {
    const wrong = Object.entries(outside).flatMap(([thing, places]) =>
      files
        .filter((file) => touches(file, thing))
        .filter((file) => !places.some((place) => isIn(file, place)))
        .map((file) => `${file} touches ${thing}`),
    );
    expect(wrong).toEqual([]);
  });

  it('loads each package in one part only', () => {
    const wrong = imports
      .filter(({ to }) => !isLocal(to) && !to.startsWith('node:'))
      .filter(({ from, to }) => !isIn(from, packages[to] ?? 'nowhere'));
    expect(wrong).toEqual([]);
  });
});

function touches(file: string, thing: string): boolean {
  if (thing.startsWith('node:')) {
    return imports.some(({ from, to }) => from === file && (to === thing || to === `${thing}/promises`));
  }
  const code = readFileSync(join(SRC, file), 'utf8').replaceAll(
    /\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`]*`/g,
    '',
  );
  return new RegExp(`(?<![\\w.])${thing}\\.`).test(code);
}
