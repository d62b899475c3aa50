import { describe, expect, it } from 'vitest';
import * as published from '../src/index.ts';
import * as internal from '../src/protocol/internal.ts';

/** Also what is not for programs that use the package: its callers there hand on what users have given. */
const tsersync = { ...published, ...internal };

const config = Buffer.from(
  '<head version="2.5"><sersync><localpath watch="/"><remote ip="h" name="m"/></localpath></sersync></head>',
);
const parsed = tsersync.parseConfig(config, 'c.xml');
const settings = tsersync.settingsOf(parsed.config);
const daemon = { kind: 'daemon', host: 'h', module: 'm', path: '' };
const entry = { name: 'a', mode: 0o100644 };
const item = { flags: 0 };
const options = tsersync.resolveOptions({});
const nobody = { kind: 'daemon', host: '127.0.0.1', port: 1, module: 'm', path: '' };

/**
 * Arguments with which each function of the package works, or fails with an error of ours; in the place of each, other
 * values are tried. Those that are left out of a list may be anything.
 */
const calls: Readonly<Record<string, readonly unknown[]>> = {
  LocalTree: [['/'], {}],
  PathFilter: [{}, '/'],
  PushProgress: [{}],
  checkConfig: ['c.xml', parsed, {}],
  daemonUrl: [daemon],
  debugLevels: [{}, []],
  decodeName: [Buffer.from('a')],
  describeConfig: [parsed.config],
  describeRemote: [{ host: 'h', name: 'm' }],
  destinationModule: [daemon],
  encodeName: ['a'],
  exitCodeOf: [{}],
  hasChanges: [item],
  helpText: [{}],
  infoLevels: [{}],
  itemize: [entry, item, { protocol: 31, times: true }],
  listModules: [nobody, {}, {}],
  noticesOf: [parsed],
  openLocalTree: [['/'], options, {}],
  openNamedForAppending: ['/nowhere/at/all'],
  openPush: [{ target: nobody, transfer: {} }],
  optionsIn: [[]],
  parseConfig: [config, 'c.xml'],
  parseFilters: [{}, {}],
  parseOptions: [[], {}],
  parseTarget: ['h::m', {}],
  push: [['/nowhere'], { target: nobody, transfer: {} }, {}],
  pushChanges: [undefined, '/', [{ action: 'send', path: 'a' }], {}, {}],
  pushTree: [undefined, {}],
  readConfig: ['/nowhere/at/all'],
  readNamed: ['/nowhere/at/all', {}],
  readNamedFile: ['/nowhere/at/all'],
  readPasswordFile: ['/nowhere/at/all'],
  refuseUnshown: [[]],
  resolveOptions: [{}],
  settingsOf: [parsed.config],
  startReplicator: [parsed.config, {}],
  systemPath: ['a'],
  targetConflicts: [[settings, settings]],
  withoutShell: [{ host: 'h', path: 'p' }],
  wrapText: ['a'],
};

/** They compare or look, whatever they are given; or are for the other parts of the program alone. */
const HARMLESS =
  `compareNames nearest isDevice isDirectory isFlag isPlainPath isRegular isSpecial isSymlink isWhole checkBytes
  checkFields checkList checkObject checkText systemReason withPipes`.split(/\s+/);

const WRONG: readonly unknown[] = [
  null,
  5,
  '',
  'x\0y',
  {},
  [],
  [5],
  [null],
  true,
  () => {},
  { kind: 'no' },
  undefined,
];

const entries: ReadonlyArray<readonly [string, unknown]> = Object.entries(tsersync);
const isError = (value: unknown) =>
  typeof value === 'function' && (value.prototype instanceof Error || value === Error);

describe('every function that the package exports', () => {
  it('has its row below', () => {
    const functions = entries.filter(([, value]) => typeof value === 'function' && !isError(value));
    const known = [...Object.keys(calls), ...HARMLESS];
    expect(functions.map(([name]) => name).sort()).toEqual(known.sort());
  });

  it.each(Object.entries(calls))(
    'refuses what makes no sense with an error of ours: %s',
    async (name, right) => {
      const called = Reflect.get(tsersync, name) as (...words: unknown[]) => unknown;
      const attempts = right.flatMap((one, place) =>
        [...WRONG, ...spoilt(one)].map((value) => right.with(place, value)),
      );
      for (const words of attempts) {
        const thrown = await failureOf(called, words);
        const isOurs = thrown instanceof tsersync.RsyncError || thrown instanceof tsersync.NamedFileError;
        expect(isOurs || thrown === undefined, `${name}(${words.map(shown).join()}): ${thrown}`).toBe(true);
      }
    },
  );
});

/** The same with something else in one of its fields, or in the first place of a list. */
function spoilt(value: unknown): unknown[] {
  if (Array.isArray(value))
    return value.length === 0 ? [] : spoilt(value[0]).map((one) => value.with(0, one));
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return [];
  return Object.keys(value).flatMap((field) => WRONG.map((other) => ({ ...value, [field]: other })));
}

async function failureOf(
  called: (...words: unknown[]) => unknown,
  words: readonly unknown[],
): Promise<unknown> {
  try {
    const isClass = Function.prototype.toString.call(called).startsWith('class');
    const answer = isClass ? Reflect.construct(called, words) : await called(...words);
    if (called.name === 'optionsIn') Array.from(answer as Iterable<unknown>);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

function shown(value: unknown): string {
  return typeof value === 'function' ? 'function' : (JSON.stringify(value) ?? 'undefined').slice(0, 40);
}
