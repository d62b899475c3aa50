import { checkObject, checkTexts } from '../arguments.ts';
import { UnsupportedError, UsageError } from '../errors.ts';
import { commandWordsFrom, commandWordsOf, takesValue } from './command-line.ts';
import { type Draft, type Effect, newDraft } from './draft.ts';
import { infoFlags, messageLevels } from './message-flags.ts';
import { spellings } from './option-table.ts';
import { type ResolvedOptions, resolveOptions } from './resolve-options.ts';
import { nearest } from './suggestion.ts';
import type { ConnectionOptions, OutputOptions, TransferOptions } from './transfer-options.ts';
import type { ValueOf } from './values.ts';

export interface ParsedOptions {
  /** As they were given: what follows from them is told by {@link resolveOptions}. */
  readonly transfer: TransferOptions;
  readonly connection: ConnectionOptions;
  readonly output: OutputOptions;
  /** Sources and destination. */
  readonly operands: readonly string[];
  /** What was given and has no effect, and why: a sentence each. */
  readonly notes: readonly string[];
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
  readonly RSYNC_CONNECT_PROG?: string | undefined;
  readonly RSYNC_SHELL?: string | undefined;
  readonly RSYNC_CHECKSUM_LIST?: string | undefined;
  readonly RSYNC_COMPRESS_LIST?: string | undefined;
}

/**
 * Reads a command line in rsync's syntax, without the name of the program. Words are strings as file names are: a
 * byte that is not UTF-8 stands as a lone surrogate. A question such as `--help` is answered at once: what follows it
 * is not read.
 *
 * Source: rsync(1) of 3.5.0, and the program where that says nothing.
 *
 * @throws UsageError for what rsync refuses, UnsupportedError for what rsync has and we do not.
 */
export function parseOptions(words: readonly string[], environment: Environment = {}): ParsedOptions {
  checkTexts(words, 'words');
  checkObject(environment, 'the environment');
  const draft = newDraft();
  const operands: string[] = [];
  applyEnvironment(draft, environment);
  for (const token of commandWordsOf(words)) {
    if (token.kind === 'operand') operands.push(token.text);
    else applyOption(draft, token.option, token.value);
    if (draft.output.show !== undefined) break;
  }
  if (words.length === 1 && words[0] === '-h') draft.output.show = 'help';
  if (draft.output.show === undefined) finish(draft, environment);
  const { transfer, connection, output } = draft;
  return { transfer, connection, output, operands, notes: [...draft.notes] };
}

/** An option on a command line, whatever becomes of it. */
export interface GivenOption {
  /** Its first long name, without dashes; its letter, if it has no other. */
  readonly name: string;
  /** As it was spelled, without a value. */
  readonly option: string;
  readonly isNegated: boolean;
  /** What of it has no effect, and why: a sentence each. */
  readonly notes: readonly string[];
  /** The index of its word. */
  readonly word: number;
}

/** The options that rsync knows on a command line, without asking what they do. */
export function* optionsIn(words: readonly string[]): Generator<GivenOption> {
  checkTexts(words, 'words');
  let taken = 0;
  const counted = function* () {
    for (const word of words) {
      taken += 1;
      yield word;
    }
  };
  for (const token of commandWordsFrom(counted())) {
    if (token.kind === 'operand') continue;
    const found = spellings.get(token.option);
    if (found === undefined) continue;
    const { spec, isNegated } = found;
    const last = words[taken - 1] ?? '';
    const isApart = token.value !== undefined && taken > 1 && last === token.value;
    const name = spec.names[0] ?? spec.letter ?? '';
    const notes = isNegated ? [] : notesOn(spec.effect, { option: token.option, value: token.value ?? '' });
    yield { name, option: token.option, isNegated, notes, word: taken - (isApart ? 2 : 1) };
  }
}

/** Variables are defaults: the words come later, and win. */
function applyEnvironment(draft: Draft, environment: Environment): void {
  const { RSYNC_MAX_ALLOC, RSYNC_ICONV, RSYNC_PASSWORD, RSYNC_PROXY, RSYNC_CONNECT_PROG } = environment;
  if (RSYNC_MAX_ALLOC !== undefined) applyOption(draft, '--max-alloc', RSYNC_MAX_ALLOC);
  if (RSYNC_ICONV !== undefined) applyOption(draft, '--iconv', RSYNC_ICONV);
  if (RSYNC_PASSWORD !== undefined) draft.connection.password = RSYNC_PASSWORD;
  if (RSYNC_PROXY !== undefined) draft.connection.proxy = RSYNC_PROXY;
  if (RSYNC_CONNECT_PROG !== undefined) draft.connection.connectProgram = RSYNC_CONNECT_PROG;
  const checksums = clientNames(environment.RSYNC_CHECKSUM_LIST);
  if (checksums.length > 0) draft.transfer.checksumList = checksums;
  const compressions = clientNames(environment.RSYNC_COMPRESS_LIST);
  if (compressions.length > 0) draft.transfer.compressList = compressions;
}

/** What follows a `&` is for servers. */
function clientNames(list = ''): string[] {
  return (list.split('&')[0] ?? '').split(' ').filter((name) => name !== '');
}

function applyOption(draft: Draft, option: string, given: string | undefined): void {
  const found = spellings.get(option);
  if (found === undefined) throw unknownOption(option);
  const { spec, isNegated } = found;
  if (takesValue(option)) {
    if (given === undefined) throw new UsageError(`${option} needs a value: ${spec.value}`);
  } else if (given !== undefined) {
    throw new UsageError(`${option} takes no value: '${given}'`);
  }

  const of = { option, value: given ?? '' };
  const { effect } = spec;
  if (!isNegated) for (const note of notesOn(effect, of)) draft.notes.add(note);
  switch (effect.kind) {
    case 'set':
      if (isNegated) effect.revoke?.(draft);
      else effect.apply(draft, of);
      return;
    case 'idle':
      if (!isNegated) effect.check?.(of);
      return;
    case 'unsupported':
      if (isNegated || effect.isHarmless?.(of.value)) draft.unsupported.delete(effect);
      else draft.unsupported.set(effect, `${option} is not supported: ${effect.advice}`);
  }
}

function notesOn(effect: Effect, of: ValueOf): readonly string[] {
  if (effect.kind === 'idle') return [`${of.option} has no effect: ${effect.because}`];
  return effect.kind === 'set' ? (effect.notes?.(of) ?? []) : [];
}

function unknownOption(option: string): UsageError {
  const near = option.length > 3 ? nearest(option, spellings.keys()) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return new UsageError(`${option} is not an option of rsync${hint}`);
}

/** What depends on several words. */
function finish(draft: Draft, environment: Environment): void {
  const { transfer, connection, filters, unsupported } = draft;
  if (connection.passwordFile !== undefined) delete connection.password;
  if (draft.hasImpliedRecursion && transfer.filesFrom !== undefined) delete transfer.recursive;
  if (draft.hasOldDirs) {
    transfer.recursive = true;
    filters.push({ kind: 'filter', text: '- /*/*' });
  }
  if (filters.length > 0) transfer.filters = filters;
  if (draft.compressions > 1) transfer.compressChoice ??= 'zlibx';
  if (connection.connectProgram !== undefined && environment.RSYNC_SHELL !== undefined) {
    throw new UnsupportedError(
      'RSYNC_SHELL is not supported: RSYNC_CONNECT_PROG is started without a shell; unset RSYNC_SHELL',
    );
  }
  secludeArguments(draft, environment);
  showProgress(draft);
  for (const message of unsupported.values()) throw new UnsupportedError(message);
  keepPartial(draft, resolveOptions(transfer), environment);
}

function secludeArguments({ transfer, oldArgs }: Draft, environment: Environment): void {
  if (oldArgs === true && transfer.secludedArgs === true) {
    throw new UsageError('--secluded-args cannot be used with --old-args');
  }
  const isOld = oldArgs ?? (environment.RSYNC_OLD_ARGS ?? '') !== '';
  const isProtected = Number.parseInt(environment.RSYNC_PROTECT_ARGS ?? '0', 10) > 0;
  if (isProtected && !isOld) transfer.secludedArgs ??= true;
}

function showProgress({ transfer, output }: Draft): void {
  const asked = messageLevels(transfer.info ?? [], infoFlags, '--info').get('PROGRESS');
  const level = asked ?? (transfer.progress === true ? 1 : 0);
  if (level > 0) output.progress = level === 1 ? 'file' : 'total';
}

/** `RSYNC_PARTIAL_DIR` says where `--partial` keeps files, but does not turn it on. */
function keepPartial({ transfer }: Draft, resolved: ResolvedOptions, environment: Environment): void {
  const { partial, partialDir, inplace } = resolved;
  const folder = environment.RSYNC_PARTIAL_DIR ?? '';
  if (partial && partialDir === undefined && !inplace && folder !== '') transfer.partialDir = folder;
}
