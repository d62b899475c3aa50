import { UsageError } from '../../protocol/index.ts';
import { nearest } from '../../protocol/internal.ts';
import { type ParsedConfig, parseConfig } from './parse-config.ts';
import type { SersyncConfig } from './sersync-config.ts';

const MAX_SHOWN = 60;

/**
 * Compares a config that a caller made with one that was parsed: a field that is missing, unknown or of another type
 * would be found much later, or never.
 *
 * @throws UsageError that names the field.
 */
export function checkConfigShape(config: SersyncConfig): void {
  const xml =
    '<head version="2.5"><sersync><localpath watch="/"><remote ip="h" name="m"/></localpath></sersync></head>';
  checkShape(config, parseConfig(Buffer.from(xml), 'confxml.xml').config, 'config');
  if (config.sersync.remotes.length === 0)
    throw new UsageError('config.sersync.remotes: there are none: name at least one');
}

/** The same of what `readConfig` answers. */
export function checkParsedConfig(parsed: ParsedConfig): void {
  if (!isObject(parsed) || !isObject(parsed.places))
    throw new UsageError('config: not one that readConfig or parseConfig has answered');
  checkConfigShape(parsed.config);
}

function checkShape(given: unknown, model: unknown, place: string): void {
  if (Array.isArray(model)) {
    if (!Array.isArray(given)) throw wrong(place, given, 'a list');
    // An empty list of the model tells nothing of what is in it.
    if (model.length === 0) return;
    for (const [at, one] of given.entries()) checkShape(one, model[0], `${place}[${at}]`);
  } else if (isObject(model)) {
    if (!isObject(given)) throw wrong(place, given, 'an object');
    // What can be switched may have more fields when it is on.
    if (!('isOn' in model)) checkNames(given, Object.keys(model), place);
    for (const [field, value] of Object.entries(model)) checkShape(given[field], value, `${place}.${field}`);
  } else if (typeof model === 'number') {
    if (!Number.isFinite(given) || (given as number) < 0) throw wrong(place, given, 'a number, 0 or more');
  } else if (model !== undefined && typeof given !== typeof model) {
    throw wrong(place, given, typeof model === 'string' ? 'a text' : 'true or false');
  }
}

function checkNames(given: object, known: readonly string[], place: string): void {
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  throw new UsageError(`${place}: ${JSON.stringify(unknown)} is not a field of it${hint}`);
}

function wrong(place: string, given: unknown, allowed: string): UsageError {
  if (given === undefined) return new UsageError(`${place}: it is missing; it is ${allowed}`);
  const isSimple = ['number', 'boolean', 'string'].includes(typeof given) || given === null;
  const value = typeof given === 'string' ? JSON.stringify(given.slice(0, MAX_SHOWN)) : String(given);
  return new UsageError(`${place}: ${isSimple ? value : 'its value'} is not ${allowed}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
