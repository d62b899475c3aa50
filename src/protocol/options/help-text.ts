import { checkObject, checkText } from '../arguments.ts';
import type { OptionSpec } from './draft.ts';
import { optionTable } from './option-table.ts';

export interface HelpShape {
  /** The ways to call the command, for the first lines. */
  readonly usage?: readonly string[];
  /** The most characters of a line; default 80. */
  readonly width?: number;
  /** Long names of the only options to show, without the remarks at the end. */
  readonly only?: readonly string[];
}

const DEFAULT_WIDTH = 80;
/** Where the explanation of an option begins. */
const COLUMN = 33;
/** The least room for an explanation; on a narrower screen it stands below its option. */
const MIN_ROOM = 30;
const INDENT = 8;

/** All options that do something, grouped, then the names of those that are not supported. */
export function helpText(shape: HelpShape = {}): string {
  checkObject(shape, 'the shape of the help');
  const { usage = [], width = DEFAULT_WIDTH, only } = shape;
  const groups = optionTable.flatMap(({ title, options }) => {
    const shown = options.filter(({ effect, names }) => {
      const isAsked = only === undefined || names.some((name) => only.includes(name));
      return effect.kind === 'set' && isAsked;
    });
    return shown.length === 0 ? [] : [`${title}:`, ...shown.flatMap((spec) => helpLines(spec, width)), ''];
  });
  return [...usageLines(usage, width), ...groups, ...(only === undefined ? remarks(width) : [])].join('\n');
}

function usageLines(usage: readonly string[], width: number): string[] {
  const lines = usage.flatMap((words, index) => {
    const lead = index === 0 ? 'Usage: ' : '  or   ';
    const [first = '', ...rest] = wrapText(words, width - lead.length);
    return [lead + first, ...rest.map((line) => ' '.repeat(lead.length) + line)];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}

function helpLines(spec: OptionSpec, width: number): string[] {
  const usage = `  ${(spec.letter === undefined ? '' : `-${spec.letter}`).padEnd(2)}${longUsage(spec)}`;
  const column = width - COLUMN < MIN_ROOM ? INDENT : COLUMN;
  const [first = '', ...rest] = wrapText(spec.help, width - column);
  const others = rest.map((line) => ' '.repeat(column) + line);
  const isBeside = usage.length + 1 < column;
  if (isBeside) return [usage.padEnd(column) + first, ...others];
  return [usage, ' '.repeat(column) + first, ...others];
}

function longUsage({ names, letter, value }: OptionSpec): string {
  const [name] = names;
  if (name === undefined) return '';
  return `${letter === undefined ? '  ' : ', '}--${name}${value === undefined ? '' : `=${value}`}`;
}

function remarks(width: number): string[] {
  const named = (kind: string) =>
    optionTable
      .flatMap(({ options }) => options)
      .filter(({ effect }) => effect.kind === kind)
      .map(({ names }) => `--${names[0]}`)
      .join(' ');
  const paragraphs = [
    'Options that are on by default or by -a can be turned off: --no-OPTION, for example --no-o.',
    'Sizes may have a fraction and a unit: 1.5m, 10KB (of 1000), 64k-1.',
    `Accepted without effect: ${named('idle')}`,
    `Not supported: ${named('unsupported')}`,
  ];
  return [...paragraphs.flatMap((text) => wrapText(text, width)), ''];
}

/** Lines of at most that many characters, if no word is longer. */
export function wrapText(text: string, width: number): string[] {
  checkText(text, 'text');
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
