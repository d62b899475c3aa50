import type { ConnectionOptions, FilterOption, OutputOptions, TransferOptions } from './transfer-options.ts';
import { type Bounds, badValue, parseInteger, parseSize, type ValueOf } from './values.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The options while the words of a command line are read, one after the other. */
export interface Draft {
  readonly transfer: Mutable<TransferOptions>;
  readonly connection: Mutable<ConnectionOptions>;
  readonly output: Mutable<OutputOptions>;
  readonly filters: FilterOption[];
  /** How often `-F` was there. */
  dirMerges: number;
  /** `-a` alone turned recursion on, which `--files-from` undoes. */
  hasImpliedRecursion: boolean;
  hasOldDirs: boolean;
  /** How often `-z` was there since the last `--no-z`; twice chooses zlibx. */
  compressions: number;
  /** Which option filled in `usermap` or `groupmap`. */
  readonly mapsFrom: Map<string, string>;
  /** `--old-args` is true, `--no-old-args` is false. */
  oldArgs?: boolean;
  /** What has no effect, a sentence each. */
  readonly notes: Set<string>;
  /** Options that we do not have, with the message about each. */
  readonly unsupported: Map<Effect, string>;
}

export function newDraft(): Draft {
  return {
    transfer: {},
    connection: {},
    output: {},
    filters: [],
    dirMerges: 0,
    hasImpliedRecursion: false,
    hasOldDirs: false,
    compressions: 0,
    mapsFrom: new Map(),
    notes: new Set(),
    unsupported: new Map(),
  };
}

/** What an option does; `revoke` is what `--no-OPTION` does. */
export type Effect =
  | {
      readonly kind: 'set';
      readonly apply: (draft: Draft, of: ValueOf) => void;
      readonly revoke?: (draft: Draft) => void;
      /** What of the value has no effect, a sentence each. */
      readonly notes?: (of: ValueOf) => readonly string[];
    }
  /** Accepted, so that command lines for rsync work; whoever gives it is told that it does nothing, and why. */
  | { readonly kind: 'idle'; readonly because: string; readonly check?: (of: ValueOf) => void }
  | {
      readonly kind: 'unsupported';
      readonly advice: string;
      /** Values with which the option asks for nothing. */
      readonly isHarmless?: (value: string) => boolean;
    };

type KeysOf<T, V> = { [K in keyof T]-?: V extends T[K] ? K : never }[keyof T];
type Switch = KeysOf<TransferOptions, boolean>;
type Text = KeysOf<TransferOptions, string>;
type Amount = KeysOf<TransferOptions, number>;
type List = 'compareDest' | 'copyDest' | 'linkDest';
type Count = 'oneFileSystem' | 'fuzzy' | 'itemizeChanges';

/** An effect of its own. */
export function does(apply: (draft: Draft, of: ValueOf) => void, revoke?: (draft: Draft) => void): Effect {
  return { kind: 'set', apply, ...(revoke && { revoke }) };
}

/** On, and off with `--no-OPTION`. */
export function flag(...keys: readonly Switch[]): Effect {
  const turn = (draft: Draft, isOn: boolean) => {
    for (const key of keys) draft.transfer[key] = isOn;
  };
  return does(
    (draft) => turn(draft, true),
    (draft) => turn(draft, false),
  );
}

/** A flag that means more when it is doubled. */
export function doubled(key: Count): Effect {
  return does(
    (draft) => {
      draft.transfer[key] = draft.transfer[key] === undefined || draft.transfer[key] === 0 ? 1 : 2;
    },
    (draft) => {
      draft.transfer[key] = 0;
    },
  );
}

export function text(key: Text): Effect {
  return does((draft, { value }) => {
    draft.transfer[key] = value;
  });
}

/** A path that becomes an argument of its own, which must not be empty. */
export function path(key: Text): Effect {
  return does((draft, of) => {
    if (of.value === '') throw badValue(of, 'a path');
    draft.transfer[key] = of.value;
  });
}

/** Paths of an option that may be given several times. */
export function paths(key: List): Effect {
  return does((draft, of) => {
    if (of.value === '') throw badValue(of, 'a path');
    draft.transfer[key] = [...(draft.transfer[key] ?? []), of.value];
  });
}

export function integer(key: Amount, bounds?: Bounds): Effect {
  return does(
    (draft, of) => {
      draft.transfer[key] = parseInteger(of, bounds);
    },
    (draft) => {
      draft.transfer[key] = 0;
    },
  );
}

export function size(key: Amount): Effect {
  return does((draft, of) => {
    draft.transfer[key] = parseSize(of);
  });
}

/** Switches something about our output, not about the transfer. */
export function shown(key: 'motd' | 'eightBitOutput'): Effect {
  return does(
    ({ output }) => {
      output[key] = true;
    },
    ({ output }) => {
      output[key] = false;
    },
  );
}

/** The user asks a question; it is answered instead of a transfer. */
export function asks(question: NonNullable<OutputOptions['show']>): Effect {
  return does(({ output }) => {
    output.show = question;
  });
}

/** One word about the connection. */
export function connection(key: 'address' | 'passwordFile' | 'earlyInput' | 'rsh'): Effect {
  return does((draft, { value }) => {
    draft.connection[key] = value;
  });
}

export function filter(kind: 'filter' | 'exclude' | 'include'): Effect {
  return does((draft, { value }) => {
    if (value !== '') draft.filters.push({ kind, text: value });
  });
}

export function filterFile(kind: 'exclude-from' | 'include-from'): Effect {
  return does((draft, { value }) => {
    draft.filters.push({ kind, file: value });
  });
}

/** `because` completes the note: why the option has no effect. */
export function idle(because: string, check?: (of: ValueOf) => void): Effect {
  return { kind: 'idle', because, ...(check && { check }) };
}

/** `advice` completes the message: what the user can do instead. */
export function unsupported(advice: string, isHarmless?: (value: string) => boolean): Effect {
  return { kind: 'unsupported', advice, ...(isHarmless && { isHarmless }) };
}

/** One option of rsync, or one of ours among them, as data: parsing, suggestions and the help are derived from it. */
export interface OptionSpec {
  /** Long names without dashes; the first one is the name, the others mean the same. */
  readonly names: readonly string[];
  /** rsync does not have it. */
  readonly isOurs?: true;
  readonly letter?: string;
  /** What the value is, for the help; an option without this takes none. */
  readonly value?: string;
  /** Which spellings `--no-` may stand in front of: the names alone, or the letter too. */
  readonly no?: 'names' | 'names and letter';
  readonly help: string;
  readonly effect: Effect;
}

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionSpec[];
}
