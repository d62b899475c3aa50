import { pino, stdTimeFunctions } from 'pino';
import { encodeName } from '../../protocol/index.ts';
import type { Log } from '../../watch/index.ts';
import type { CliIo } from '../io.ts';
import { escapeJson, escapeText, showsUtf8, type TextStyle } from './text.ts';

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
  const style = { eightBit: false, utf8: showsUtf8(io.environment), isTerminal: true };
  const write = (record: string) => {
    io.stdout.write(encodeName(io.isTerminal ? `${shortLine(record, style)}\n` : escapeJson(record)));
  };
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, { write });
}

/** `12:30:01.250 sent remote=backup@host::www reason="no route to host"`: the time is UTC, as in the JSON. */
function shortLine(record: string, style: TextStyle): string {
  const { level, time, msg, ...fields } = JSON.parse(record) as Envelope & Record<string, unknown>;
  const clock = time.slice('2026-01-01T'.length, -'Z'.length);
  const rank = level >= ERROR ? 'error: ' : level >= WARN ? 'warning: ' : '';
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${quoted(textOf(value))}`);
  return escapeText(`${clock} ${rank}${msg}${pairs.join('')}`, style);
}

/** A value that could be taken for more than one, or for the next field, stands in quotes. */
function quoted(value: string): string {
  return /^[^\s"=]+$/.test(value) ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`;
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return 'message' in value ? String(value.message) : JSON.stringify(value);
}
