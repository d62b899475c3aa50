import { checkObject, shownValue } from '../arguments.ts';
import { UsageError } from '../errors.ts';
import { nearest } from './suggestion.ts';

/** Says what a field may be, if the value is something else. */
export type FieldCheck = (value: unknown, field: string) => string | undefined;

/** A check for every field of a type. */
export type FieldChecks<T> = { readonly [K in keyof Required<T>]: FieldCheck };

const MAX_INT32 = 0x7fff_ffff;

/**
 * Looks at every field of an object that a caller made, also at those that its type does not know. Undefined counts as
 * left out. `secret` fields are not repeated in errors.
 *
 * @throws UsageError that names field, value, and what is allowed.
 */
export function checkFields<T>(
  given: unknown,
  checks: FieldChecks<T>,
  { what, secret = [] }: { readonly what: string; readonly secret?: ReadonlyArray<keyof T & string> },
): void {
  checkObject(given, what);
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(checks, field)) throw unknownField(field, Object.keys(checks), what);
    const allowed = checks[field as keyof T](value, field);
    if (allowed === undefined) continue;
    const isSecret = (secret as readonly string[]).includes(field);
    throw new UsageError(`${field}: ${isSecret ? 'its value' : shownValue(value)} is not ${allowed}`);
  }
}

function unknownField(field: string, known: readonly string[], what: string): UsageError {
  const near = nearest(field, known);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return new UsageError(`${JSON.stringify(field)} is not a field of ${what}${hint}`);
}

export const isFlag: FieldCheck = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

export const isText: FieldCheck = (value) =>
  typeof value === 'string' && !value.includes('\0') ? undefined : 'a text without NUL';

export const isPath: FieldCheck = (value, field) =>
  value === '' ? 'a path' : isText(value, field) && 'a path without NUL';

export const isAnything: FieldCheck = () => undefined;

export const isFunction: FieldCheck = (value) => (typeof value === 'function' ? undefined : 'a function');

/** Texts without a NUL, any number of them. */
export const areTexts: FieldCheck = (value, field) =>
  Array.isArray(value) && value.every((one) => isText(one, field) === undefined)
    ? undefined
    : 'a list of texts without NUL';

export function isOneOf(...choices: ReadonlyArray<string | number>): FieldCheck {
  const allowed = `one of ${choices.join(', ')}`;
  return (value) => ((choices as readonly unknown[]).includes(value) ? undefined : allowed);
}

export function isWhole(min: number, max: number = MAX_INT32): FieldCheck {
  return (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `a whole number in [${min}, ${max}]`;
}

/** Any number of seconds that is not negative; it may have a fraction. */
export const isDuration: FieldCheck = (value) =>
  typeof value === 'number' && value >= 0 && Number.isFinite(value)
    ? undefined
    : 'a number of seconds, 0 or more';
