import { ValueError } from '../filter/value-error.ts';
import type { ConfigAttribute, ConfigElement } from './element.ts';
import { lookAlikesIn, shown } from './look-alikes.ts';

/**
 * Whether a switch is on. sersync compares with `true` letter by letter and takes everything else as off; so do we,
 * but say it. A switch that is not there is as `fallback` says.
 */
export function isOn(element: ConfigElement | undefined, name = 'start', fallback = false): boolean {
  if (element === undefined) return fallback;
  const attribute = element.attribute(name);
  if (attribute === undefined) {
    if (name === 'start') element.note(`<${element.name}> has no start; it is ${fallback ? 'on' : 'off'}`);
    return fallback;
  }
  if (attribute.value !== 'true' && attribute.value !== 'false')
    attribute.note(`${name}=${shown(attribute.value)} means off; only "true" switches on`);
  return attribute.value === 'true';
}

/**
 * Any text; `fallback` when there is none. What no sensible value holds, such as a quote of a word processor, is noted.
 */
export function textOf(element: ConfigElement | undefined, name: string, fallback: string): string {
  const attribute = element?.attribute(name);
  return isFilled(attribute) ? plainText(attribute) : fallback;
}

export function requiredText(element: ConfigElement, name: string): string {
  return plainText(element.requiredAttribute(name));
}

/** A text without white space, such as a host name; `fallback` when there is none. */
export function wordOf(element: ConfigElement | undefined, name: string, fallback: string): string {
  const isGiven = element !== undefined && isFilled(element.attribute(name));
  return isGiven ? requiredWord(element, name) : fallback;
}

export function requiredWord(element: ConfigElement, name: string): string {
  const attribute = element.requiredAttribute(name);
  const space = attribute.value.search(/\s/);
  if (space !== -1) throw attribute.error(`a space in ${attribute.name}`, 'remove it', space);
  return plainText(attribute);
}

/** A password or token: its value appears in no message. */
export function secretOf(element: ConfigElement | undefined, name: string): string {
  return element?.attribute(name)?.value ?? '';
}

export interface IntegerBounds {
  readonly min: number;
  readonly max: number;
  /** When the attribute is not there. */
  readonly fallback: number;
}

export function integerOf(element: ConfigElement | undefined, name: string, bounds: IntegerBounds): number {
  const attribute = element?.attribute(name);
  if (attribute === undefined) return bounds.fallback;
  const number = /^\d{1,15}$/.test(attribute.value) ? Number(attribute.value) : Number.NaN;
  if (number >= bounds.min && number <= bounds.max) return number;
  const problem = `${name}: ${shown(attribute.value)} is not a whole number in [${bounds.min}, ${bounds.max}]`;
  throw attribute.error(problem, `for example ${name}="${bounds.fallback}"`);
}

/** A TCP port. */
export function portOf(element: ConfigElement | undefined, fallback: number): number {
  return integerOf(element, 'port', { min: 1, max: 65535, fallback });
}

/** An absolute path, without the slashes at its end. */
export function requiredFolder(element: ConfigElement, name: string): string {
  const attribute = element.requiredAttribute(name);
  const path = withoutEndSlashes(plainText(attribute));
  if (path.startsWith('/')) return path;
  throw attribute.error(`${name}: ${shown(path)} is not an absolute path`, 'write the path from / on');
}

/** The root stays. */
export function withoutEndSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path.charAt(end - 1) === '/') end -= 1;
  return path.slice(0, end);
}

/** Runs a parser over a value; where it fails becomes a place in the file. */
export function parseWith<T>(attribute: ConfigAttribute, parse: (value: string) => T): T {
  try {
    return parse(attribute.value);
  } catch (thrown) {
    if (!(thrown instanceof ValueError)) throw thrown;
    throw attribute.error(`${attribute.name}: ${thrown.message}`, thrown.remedy, thrown.index);
  }
}

function isFilled(attribute: ConfigAttribute | undefined): attribute is ConfigAttribute {
  return attribute !== undefined && attribute.value.trim() !== '';
}

function plainText(attribute: ConfigAttribute): string {
  const { name, value } = attribute;
  const [found] = lookAlikesIn(value);
  if (found !== undefined) attribute.note(`${name} holds ${found.lookAlike.name}; is it meant?`, found.index);
  else if (value !== value.trim()) attribute.note(`${name} begins or ends with a space; is it meant?`);
  return value;
}
