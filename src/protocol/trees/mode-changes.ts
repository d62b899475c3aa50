import { UsageError } from '../errors.ts';
import { isDirectory, isSymlink } from '../file-list/file-mode.ts';

/** Turns a mode into the one that is sent; the type stays. */
export type ModeChange = (mode: number) => number;

/** One item: changes the mode as left by the items before it; `X` looks at what it was at first. */
type Step = (mode: number, first: number) => number;

type Class = 'u' | 'g' | 'o';
type Operator = '+' | '-' | '=';

/** The three bits of a class, by how far they are shifted, and its special bit. */
const classes: Readonly<Record<Class, { readonly shift: number; readonly special: number }>> = {
  u: { shift: 6, special: 0o4000 },
  g: { shift: 3, special: 0o2000 },
  o: { shift: 0, special: 0o1000 },
};

const letterBits: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, X: 0o111 };

const ALL_BITS = 0o7777;
const EXECUTE = 0o111;
const SET_UID = 0o4000;
const SET_GID = 0o2000;
const STICKY = 0o1000;

const ITEM = /^(D*|F*)(?:([0-7]+)|([ugoa]*)([-+=])([ugo]|[rwxXst]*))$/;

/**
 * The changes of `--chmod`, one after the other; symlinks are left alone. Some of it is not as with chmod(1): where
 * nobody is named (`+w`), the umask keeps its bits; `=` leaves the special bits as they are unless it names one or
 * copies from another class; `t` counts for every class, and `s` is set-uid where neither `u` nor `g` is named. A class
 * that is named twice counts once, while rsync miscounts it.
 *
 * Source: rsync(1), and rsync 3.5.0 where that says nothing.
 *
 * @throws UsageError for what is no such change.
 */
export function modeChange(items: readonly string[], umask: number): ModeChange {
  const steps = items.map((item) => parseItem(item, umask));
  return (first) => (isSymlink(first) ? first : steps.reduce((mode, step) => step(mode, first), first));
}

function parseItem(item: string, umask: number): Step {
  const match = ITEM.exec(item);
  if (match === null) throw new UsageError(`--chmod: '${item}' is not a mode such as D755 or go-w`);
  const [, prefix = '', digits, who = '', operator = '', what = ''] = match;
  const step: Step =
    digits === undefined
      ? symbolicStep(who, operator as Operator, what, umask)
      : (mode) => (mode & ~ALL_BITS) | Number.parseInt(digits, 8);
  switch (prefix.charAt(0)) {
    case 'D':
      return (mode, first) => (isDirectory(mode) ? step(mode, first) : mode);
    case 'F':
      return (mode, first) => (isDirectory(mode) ? mode : step(mode, first));
    default:
      return step;
  }
}

function symbolicStep(who: string, operator: Operator, what: string, umask: number): Step {
  const named = (['u', 'g', 'o'] as const).filter(
    (name) => who === '' || /a/.test(who) || who.includes(name),
  );
  const reach = named.reduce((bits, name) => bits | (0o7 << classes[name].shift), 0);
  const mask = who === '' ? reach & ~umask : reach;
  if (/^[ugo]$/.test(what)) {
    const cleared = named.reduce((bits, name) => bits | classes[name].special, reach);
    return (mode) => combine(mode, operator, copied(mode, what as Class) & mask, cleared);
  }
  const special = specialBits(who, what);
  const cleared = special === 0 ? reach : reach | specialReach(who);
  return (mode, first) =>
    combine(mode, operator, (lettersOf(what, operator, first) & mask) | special, cleared);
}

/** `cleared` are the bits that `=` sets anew. */
function combine(mode: number, operator: Operator, bits: number, cleared: number): number {
  if (operator === '+') return mode | bits;
  if (operator === '-') return mode & ~bits;
  return (mode & ~cleared) | bits;
}

/** The bits of one class in the place of all three. */
function copied(mode: number, from: Class): number {
  return ((mode >> classes[from].shift) & 0o7) * EXECUTE;
}

/**
 * `X` is `x` for folders and for what somebody may execute, and where it is taken away; for others it takes an `x`
 * beside it away.
 */
function lettersOf(what: string, operator: Operator, first: number): number {
  let bits = 0;
  for (const letter of what) bits |= letterBits[letter] ?? 0;
  const isSparing = what.includes('X') && operator !== '-';
  const mayExecute = isDirectory(first) || (first & EXECUTE) !== 0;
  return isSparing && !mayExecute ? bits & ~EXECUTE : bits;
}

function specialBits(who: string, what: string): number {
  let bits = 0;
  for (const letter of what) {
    if (letter === 't') bits |= STICKY;
    // Where no class is named that has such a bit, it takes the place of the sticky bit before it.
    if (letter === 's') bits = specialReach(who) === 0 ? SET_UID : bits | specialReach(who);
  }
  return bits;
}

/** The bits that `s` means. */
function specialReach(who: string): number {
  return (/[ua]/.test(who) ? SET_UID : 0) | (/[ga]/.test(who) ? SET_GID : 0);
}
