import { listModules, parseOptions } from '../../protocol/index.ts';
import { optionsIn } from '../../protocol/internal.ts';
import type { Command } from '../io.ts';
import { listOperand } from '../operands.ts';
import { openScreen } from '../output/screen.ts';
import { printAnswer, questionIn } from './answers.ts';

/** rsync takes all its options here, too; these have an effect. */
export const LIST_OPTIONS: readonly string[] = [
  'port',
  'address',
  'ipv4',
  'ipv6',
  'contimeout',
  'login-timeout',
  'sockopts',
  'early-input',
  'timeout',
  'quiet',
  'stderr',
  '8-bit-output',
  'motd',
  'help',
  'version',
];

const MANUAL = {
  usage: ['tsersync ls [OPTION]... rsync://HOST[:PORT]/', 'tsersync ls [OPTION]... HOST::'],
  only: LIST_OPTIONS,
};

/** Bytes of a module's name before its comment. */
const NAME_WIDTH = 15;

/** `tsersync ls`: the modules that a daemon shows, behind its message of the day. */
export const ls: Command = async (words, io) => {
  const { transfer, connection, output, operands } = parseOptions(words, io.environment);
  const question = questionIn(words, output);
  if (question !== undefined) {
    printAnswer(question, MANUAL, io);
    return 0;
  }
  const { timeout = 0 } = transfer;
  const target = listOperand(operands);
  const screen = openScreen(io, transfer, output);
  for (const note of notesOn(words)) screen.warn(`tsersync: ${note}`);
  const lines: string[] = [];
  const request = { timeout, signal: io.signal, onLine: (line: string) => void lines.push(line) };
  const show = (shown: readonly string[]) => {
    // Nothing tells one from the other on the wire: without the message rsync shows no list either.
    if (output.motd !== false) for (const line of shown) screen.print(line);
  };
  try {
    const { motd, modules } = await listModules(target, connection, request);
    show([...motd, ...modules.map(({ name, comment }) => `${name.padEnd(NAME_WIDTH)}\t${comment}`)]);
  } catch (thrown) {
    // A refusal may be explained there.
    show(lines);
    throw thrown;
  }
  return 0;
};

function notesOn(words: readonly string[]): readonly string[] {
  const given = [...optionsIn(words)];
  const unused = given.filter(({ name }) => !LIST_OPTIONS.includes(name)).map(({ option }) => option);
  const notes = given.filter(({ name }) => LIST_OPTIONS.includes(name)).flatMap((option) => option.notes);
  if (unused.length === 0) return notes;
  return [...notes, `without effect on a list of modules: ${[...new Set(unused)].join(' ')}`];
}
