import {
  type ConnectionOptions,
  exitCodes,
  ForeignLinkError,
  type OutputOptions,
  parseOptions,
  push as pushFiles,
  TimeLimitError,
  UnsupportedError,
} from '../../protocol/index.ts';
import { debugLevels, infoLevels, refuseUnshown, resolveOptions } from '../../protocol/internal.ts';
import { cvsIgnoreOf } from '../cvs-ignore.ts';
import { failureOf, partialFailure } from '../failure.ts';
import type { CliIo, Command } from '../io.ts';
import { pushOperands } from '../operands.ts';
import { LogFile } from '../output/log-file.ts';
import { PushReport } from '../output/push-report.ts';
import { openScreen, type Screen } from '../output/screen.ts';
import { systemErrorText } from '../output/system-errors.ts';
import { refusalLine } from '../rsync-words.ts';
import { SourcePaths } from '../source-paths.ts';
import { printAnswer, questionIn } from './answers.ts';

const USAGE = [
  'tsersync push [OPTION]... SOURCE... rsync://[USER@]HOST[:PORT]/MODULE/DIR',
  'tsersync push [OPTION]... SOURCE... [USER@]HOST::MODULE/DIR',
];

/** `tsersync push`: rsync's own command line, for the one direction. */
export const push: Command = async (words, io) => {
  const startedAt = io.now();
  const { transfer, connection, output, operands, notes } = parseOptions(words, io.environment);
  const question = questionIn(words, output);
  if (question !== undefined) {
    printAnswer(question, { usage: USAGE }, io);
    return 0;
  }
  if (connection.rsh !== undefined)
    throw new UnsupportedError('-e: no remote shell is started; a daemon is reached without one');
  refuseUnshown(output.debug ?? []);
  const hasList = transfer.filesFrom !== undefined;
  const { sources, target } = pushOperands(operands, hasList);
  const log = openLog(output, io, transfer.insecureLinks);
  const screen = openScreen(io, transfer, output, log.file);
  if (log.complaint !== undefined) screen.error(log.complaint);
  for (const note of notes) screen.warn(`tsersync: ${note}`);
  const options = resolveOptions(transfer);
  const paths = new SourcePaths(sources, {
    relative: options.relative,
    hasList,
    folder: io.folder,
  });
  const report = new PushReport({
    ...io,
    screen,
    options,
    output,
    levels: infoLevels(transfer),
    debug: debugLevels(transfer, output.debug),
    paths,
    startedAt,
  });
  try {
    const request = {
      target: { ...target, user: target.user ?? userOf(io) },
      transfer,
      connection: withPrompt(connection, io),
      signal: io.signal,
      cvsIgnore: cvsIgnoreOf(io.environment, {
        warn: (text) => screen.error(text),
        trustsLinks: transfer.insecureLinks,
      }),
    };
    const result = await pushFiles(sources, request, report.listeners);
    report.finish(result);
    complain(screen, partialFailure(result.exitCode)?.text);
    return closeLog(log.file, result.exitCode, screen);
  } catch (thrown) {
    if (thrown instanceof TimeLimitError) screen.error('stopping at requested limit');
    const refusal = refusalLine(thrown, io);
    if (refusal !== undefined) screen.error(refusal);
    const { text, exitCode } = failureOf(thrown, report.lastWords);
    complain(screen, text);
    return closeLog(log.file, exitCode, screen);
  }
};

function complain(screen: Screen, text: string | undefined): void {
  if (text !== undefined) screen.error(`tsersync: ${text}`);
}

/** A log that cannot be written is no reason not to push. */
function openLog(
  { logFile }: OutputOptions,
  io: CliIo,
  trustsLinks: boolean | undefined,
): { readonly file?: LogFile; readonly complaint?: string } {
  if (logFile === undefined) return {};
  try {
    return { file: new LogFile(logFile, io, trustsLinks) };
  } catch (thrown) {
    const reason = thrown instanceof ForeignLinkError ? thrown.message : systemErrorText(thrown as Error);
    return {
      complaint: `rsync: [client] failed to open log-file ${logFile}: ${reason}, there will be no log`,
    };
  }
}

/** Answers the exit code: a log that lacks lines is no success. */
function closeLog(file: LogFile | undefined, exitCode: number, screen: Screen): number {
  file?.close();
  if (file?.failure === undefined) return exitCode;
  const isAlone = exitCode === exitCodes.ok;
  const code = isAlone ? ` (code ${exitCodes.diagnostics})` : '';
  screen.error(`tsersync: the log file cannot be written: ${systemErrorText(file.failure)}${code}`);
  return isAlone ? exitCodes.diagnostics : exitCode;
}

function withPrompt(connection: ConnectionOptions, { askPassword }: CliIo): ConnectionOptions {
  return askPassword === undefined ? connection : { ...connection, askPassword };
}

/** Who we are at the daemon if the target does not say it, as rsync finds it. */
function userOf({ environment: { USER, LOGNAME } }: CliIo): string {
  return (USER ?? LOGNAME) || 'nobody';
}
