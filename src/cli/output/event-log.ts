import { pino, stdTimeFunctions } from 'pino';
import { encodeName } from '../../protocol/index.ts';
import type { Log } from '../../watch/index.ts';
import type { CliIo } from '../io.ts';
import { escapeText, showsUtf8, type TextStyle } from './text.ts';

const WARN = 40;
const ERROR = 50;

/** What pino adds to the fields of a record. */
interface Envelope {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
}

/** The log of a running daemon on standard output: lines of JSON, or for a person at a terminal short ones. */
export function openEventLog(io: CliIo, level: 'debug' | 'info'): Log {
  const style = { eightBit: false, utf8: showsUtf8(io.environment) };
  const write = (record: string) => {
    io.stdout.write(encodeName(io.isTerminal ? `${shortLine(record, style)}\n` : record));
  };
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, { write });
}

/** `12:30:01.250 sent remote=backup@host::www changed=1 deleted=0`: the time is UTC, as in the JSON. */
function shortLine(record: string, style: TextStyle): string {
  const { level, time, msg, ...fields } = JSON.parse(record) as Envelope & Record<string, unknown>;
  const clock = time.slice('2026-01-01T'.length, -'Z'.length);
  const rank = level >= ERROR ? 'error: ' : level >= WARN ? 'warning: ' : '';
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${textOf(value)}`);
  return escapeText(`${clock} ${rank}${msg}${pairs.join('')}`, style);
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return 'message' in value ? String(value.message) : JSON.stringify(value);
}
