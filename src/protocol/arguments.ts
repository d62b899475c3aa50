import { UsageError } from './errors.ts';

/*
 * Checks of what a caller without types may hand over: it gets an error that names the argument, not one from inside.
 */

const MAX_SHOWN = 60;

export function checkText(value: unknown, what: string): asserts value is string {
  if (typeof value !== 'string') throw wrong(value, what, 'a text');
}

/** A path, which may be empty where that means something. */
export function checkPathText(value: unknown, what: string): asserts value is string {
  if (typeof value !== 'string' || value.includes('\0')) throw wrong(value, what, 'a path without NUL');
}

export function checkTexts(value: unknown, what: string): asserts value is readonly string[] {
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string'))
    throw wrong(value, what, 'a list of texts');
}

export function checkList(value: unknown, what: string): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(value, what, 'a list');
}

export function checkObject(value: unknown, what: string): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(value, what, 'an object');
}

export function checkBytes(value: unknown, what: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw wrong(value, what, 'bytes (a Buffer or Uint8Array)');
}

/** A value as errors show it. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string')
    return value.length > MAX_SHOWN
      ? `${JSON.stringify(value.slice(0, MAX_SHOWN))}...`
      : JSON.stringify(value);
  if (Array.isArray(value)) return 'this list';
  if (typeof value === 'function') return 'this function';
  return typeof value === 'object' && value !== null ? 'this object' : String(value);
}

function wrong(value: unknown, what: string, allowed: string): UsageError {
  return new UsageError(`${what}: ${shownValue(value)} is not ${allowed}`);
}
