import { parseArgs } from 'node:util';
import { UnsupportedError, UsageError } from '../errors.ts';
import { type Draft, newDraft } from './draft.ts';
import { infoFlags, messageLevels } from './message-flags.ts';
import { spellings } from './option-table.ts';
import { resolveOptions } from './resolve-options.ts';
import { nearest } from './suggestion.ts';
import type { ConnectionOptions, OutputOptions, TransferOptions } from './transfer-options.ts';

export interface ParsedOptions {
  /** As they were given: what follows from them is told by {@link resolveOptions}. */
  readonly transfer: TransferOptions;
  readonly connection: ConnectionOptions;
  readonly output: OutputOptions;
  /** Sources and destination. */
  readonly operands: readonly string[];
}

/** Variables that rsync honours; the caller takes them from its process. */
export interface Environment {
  readonly RSYNC_PARTIAL_DIR?: string | undefined;
  readonly RSYNC_PROTECT_ARGS?: string | undefined;
  readonly RSYNC_OLD_ARGS?: string | undefined;
  readonly RSYNC_MAX_ALLOC?: string | undefined;
  readonly RSYNC_ICONV?: string | undefined;
  readonly RSYNC_PASSWORD?: string | undefined;
  readonly RSYNC_PROXY?: string | undefined;
}

/**
 * Reads a command line in rsync's syntax, without the name of the program. Words are strings as file names are: a
 * byte that is not UTF-8 stands as a lone surrogate.
 *
 * @throws UsageError for what rsync refuses, UnsupportedError for what rsync has and we do not.
 */
export function parseOptions(words: readonly string[], environment: Environment = {}): ParsedOptions {
  const draft = newDraft();
  const operands: string[] = [];
  for (const token of tokensOf(words)) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind === 'option') applyOption(draft, token.rawName, token.value);
    if (draft.output.show !== undefined) break;
  }
  if (words.length === 1 && words[0] === '-h') draft.output.show = 'help';
  if (draft.output.show === undefined) finish(draft, environment);
  const { transfer, connection, output } = draft;
  return { transfer, connection, output, operands };
}

function tokensOf(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    options: tokenizerOptions,
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

/** What the tokenizer must know: which spellings take a value. A letter needs some long name there. */
const tokenizerOptions = Object.fromEntries(
  [...spellings].map(([spelling, { spec, isNegated }]) => {
    const type = spec.value !== undefined && !isNegated ? ('string' as const) : ('boolean' as const);
    return spelling.startsWith('--')
      ? [spelling.slice(2), { type }]
      : [spelling, { type, short: spelling.slice(1) }];
  }),
);

function applyOption(draft: Draft, option: string, given: string | undefined): void {
  const found = spellings.get(option);
  if (found === undefined) throw unknownOption(option);
  const { spec, isNegated } = found;
  const takesValue = spec.value !== undefined && !isNegated;
  if (takesValue && given === undefined) throw new UsageError(`${option} needs a value: ${spec.value}`);
  if (!takesValue && given !== undefined) throw new UsageError(`${option} takes no value: '${given}'`);

  // `-B=700` is `-B700`, as in rsync.
  const value = option.startsWith('--') ? (given ?? '') : (given ?? '').replace(/^=/, '');
  const { effect } = spec;
  switch (effect.kind) {
    case 'set':
      if (isNegated) effect.revoke?.(draft);
      else effect.apply(draft, { option, value });
      return;
    case 'idle':
      if (!isNegated) effect.check?.({ option, value });
      return;
    case 'unsupported':
      if (isNegated) draft.unsupported.delete(spec.names[0] ?? '');
      else draft.unsupported.set(spec.names[0] ?? '', `${option} is not supported: ${effect.advice}`);
  }
}

function unknownOption(option: string): UsageError {
  const near = nearest(option, spellings.keys());
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return new UsageError(`${option} is not an option of rsync${hint}`);
}

/** What depends on several words, or on the environment. */
function finish(draft: Draft, environment: Environment): void {
  const { transfer, connection } = draft;
  if (draft.hasImpliedRecursion && transfer.filesFrom !== undefined) delete transfer.recursive;
  if (draft.hasOldDirs) {
    transfer.recursive = true;
    draft.filters.push({ kind: 'filter', text: '- /*/*' });
  }
  if (draft.filters.length > 0) transfer.filters = draft.filters;
  if (draft.compressions > 1) transfer.compressChoice ??= 'zlibx';
  if (environment.RSYNC_PASSWORD !== undefined) connection.password = environment.RSYNC_PASSWORD;
  if (environment.RSYNC_PROXY !== undefined) connection.proxy = environment.RSYNC_PROXY;
  if (environment.RSYNC_MAX_ALLOC !== undefined && !draft.hasMaxAlloc) {
    applyOption(draft, '--max-alloc', environment.RSYNC_MAX_ALLOC);
  }
  protectArguments(draft, environment);
  showProgress(draft);
  refuseUnsupported(draft, environment);
  keepPartial(draft, environment);
  resolveOptions(transfer);
}

function protectArguments({ transfer, oldArgs }: Draft, environment: Environment): void {
  if (oldArgs === true && transfer.secludedArgs === true) {
    throw new UsageError('--secluded-args cannot be used with --old-args');
  }
  const isOld = oldArgs ?? environment.RSYNC_OLD_ARGS !== undefined;
  const isProtected = Number.parseInt(environment.RSYNC_PROTECT_ARGS ?? '0', 10) > 0;
  if (isProtected && !isOld) transfer.secludedArgs ??= true;
}

function showProgress({ transfer, output }: Draft): void {
  const asked = messageLevels(transfer.info ?? [], infoFlags, '--info').get('PROGRESS');
  const level = asked ?? (transfer.progress === true ? 1 : 0);
  if (level > 0) output.progress = level === 1 ? 'file' : 'total';
}

function refuseUnsupported({ unsupported, iconv }: Draft, environment: Environment): void {
  const charsets = iconv ?? environment.RSYNC_ICONV ?? '-';
  if (charsets !== '-' && charsets !== '') {
    unsupported.set('iconv', '--iconv is not supported: names are sent as they are; see --no-iconv');
  }
  for (const message of unsupported.values()) throw new UnsupportedError(message);
}

/** `RSYNC_PARTIAL_DIR` says where `--partial` keeps files, but does not turn it on. */
function keepPartial({ transfer }: Draft, { RSYNC_PARTIAL_DIR: folder = '' }: Environment): void {
  const { partial, partialDir, inplace, delayUpdates } = resolveOptions(transfer);
  const isFree = partial && partialDir === undefined && !inplace && !delayUpdates;
  if (isFree && folder !== '') transfer.partialDir = folder;
}
