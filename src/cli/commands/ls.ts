import { listModules, parseOptions } from '../../protocol/index.ts';
import type { Command } from '../io.ts';
import { listOperand } from '../operands.ts';
import { openScreen } from '../output/screen.ts';
import { printAnswer } from './answers.ts';

/** rsync takes all its options here, too; these have a meaning. */
const MANUAL = {
  usage: ['tsersync ls [OPTION]... rsync://HOST[:PORT]/', 'tsersync ls [OPTION]... HOST::'],
  only: [
    'port',
    'address',
    'ipv4',
    'ipv6',
    'contimeout',
    'timeout',
    'quiet',
    'stderr',
    '8-bit-output',
    'motd',
    'help',
    'version',
  ],
};

/** Bytes of a module's name before its comment. */
const NAME_WIDTH = 15;

/** `tsersync ls`: the modules that a daemon shows, behind its message of the day. */
export const ls: Command = async (words, io) => {
  const { transfer, connection, output, operands } = parseOptions(words, io.environment);
  if (output.show !== undefined) {
    printAnswer(output.show, MANUAL, io);
    return 0;
  }
  const { timeout = 0 } = transfer;
  const list = await listModules(listOperand(operands), connection, { timeout, signal: io.signal });
  // Nothing tells one from the other on the wire: without the message rsync shows no list either.
  if (output.motd === false) return 0;
  const screen = openScreen(io, transfer, output);
  for (const line of list.motd) screen.show(line);
  for (const { name, comment } of list.modules) screen.show(`${name.padEnd(NAME_WIDTH)}\t${comment}`);
  return 0;
};
