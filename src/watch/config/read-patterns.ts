import { PathPattern, type PatternKind } from '../filter/path-pattern.ts';
import type { ConfigAttribute, ConfigElement } from './element.ts';
import type { CrontabFilter, PatternList } from './sersync-config.ts';
import { isOn, parseWith, requiredText } from './values.ts';

/** Half a GBK character (an odd number of bytes), and behind it an operator that may be its other half. */
const HALF_CHARACTER = /(?<![\ud800-\udbff\udc81-\udcfe])(?:[\udc81-\udcfe]{2})*[\udc81-\udcfe]([[\\\]^{|}])/;

/** `<filter>` of the head. */
export function readFilter(filter: ConfigElement | undefined): PatternList {
  const isFilterOn = isOn(filter);
  const excludes = readPatterns(filter, 'exclude', isFilterOn);
  return { isOn: isFilterOn, excludes };
}

/** The expressions in the elements of this name. Those of a filter that is off need not be right. */
export function readPatterns(
  filter: ConfigElement | undefined,
  name: string,
  isFilterOn: boolean,
): PathPattern[] {
  const elements = filter?.all(name) ?? [];
  if (isFilterOn && elements.length === 0) filter?.note(`<${filter.name}> is on, but holds no <${name}>`);
  return elements.flatMap((element) => {
    const read = () => [readPattern(element, 'expression', 'whole')];
    return element.source.whenUsed(isFilterOn, read, []);
  });
}

export function readPattern(
  element: ConfigElement,
  name: string,
  extent: PatternKind['extent'],
): PathPattern {
  const attribute = element.requiredAttribute(name);
  noteHalfCharacter(attribute);
  const isBytewise = !element.source.isUtf8;
  return parseWith(attribute, (expression) => new PathPattern(expression, { extent, isBytewise }));
}

function noteHalfCharacter(attribute: ConfigAttribute): void {
  const half = HALF_CHARACTER.exec(attribute.value);
  if (half === null) return;
  const index = half.index + half[0].length - 1;
  const hex = attribute.value.charCodeAt(index).toString(16).toUpperCase();
  const message = `${half[1]} is read as an operator; if it is half of a GBK character, write \\x${hex}`;
  attribute.note(message, index);
}

/** `<crontabfilter>`: patterns of rsync, taken as they are. */
export function readCrontabFilter(filter: ConfigElement | undefined): CrontabFilter {
  const isFilterOn = isOn(filter);
  const excludes = (filter?.all('exclude') ?? []).flatMap((element) => {
    return element.source.whenUsed(isFilterOn, () => [requiredText(element, 'expression')], []);
  });
  if (isFilterOn && excludes.length === 0) filter?.note('<crontabfilter> is on, but holds no <exclude>');
  return { isOn: isFilterOn, excludes };
}
