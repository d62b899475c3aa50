import { optionTable } from './option-table.ts';
import type { OptionSpec } from './table/option-spec.ts';

const COLUMN = 33;

/** All options that do something, grouped, then the names of those that are not supported. */
export function helpText(): string {
  const groups = optionTable.map(({ title, options }) => {
    const lines = options.filter(({ effect }) => effect.kind === 'set').map(helpLine);
    return [`${title}:`, ...lines, ''].join('\n');
  });
  return [...groups, ...remarks()].join('\n');
}

function helpLine(spec: OptionSpec): string {
  const usage = `${(spec.letter === undefined ? '' : `-${spec.letter}`).padEnd(2)}${longUsage(spec)}`;
  const shown = `  ${usage}`;
  return shown.length < COLUMN
    ? shown.padEnd(COLUMN) + spec.help
    : `${shown}\n${' '.repeat(COLUMN)}${spec.help}`;
}

function longUsage({ names, letter, value }: OptionSpec): string {
  const [name] = names;
  if (name === undefined) return '';
  return `${letter === undefined ? '  ' : ', '}--${name}${value === undefined ? '' : `=${value}`}`;
}

function remarks(): string[] {
  const named = (kind: string) =>
    optionTable
      .flatMap(({ options }) => options)
      .filter(({ effect }) => effect.kind === kind)
      .map(({ names }) => `--${names[0]}`)
      .join(' ');
  return [
    'Options that are on by default or by -a can be turned off: --no-OPTION, for example --no-o.',
    'Sizes may have a fraction and a unit: 1.5m, 10KB (of 1000), 64k-1.',
    `Accepted without effect: ${named('idle')}`,
    `Not supported: ${named('unsupported')}`,
    '',
  ];
}
