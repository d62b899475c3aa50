import { UnsupportedError, UsageError } from '../errors.ts';

/** What the texts of errors call it. */
const NAME = 'RSYNC_CONNECT_PROG';

/** Characters that mean something to a shell where they stand outside of quotes. */
const FOR_A_SHELL = new Set(';|&<>()`$*?[]{}~!#\n\r');
/** What is special within double quotes. */
const FOR_A_SHELL_QUOTED = new Set('`$');
/** What a backslash takes its meaning from within double quotes. */
const ESCAPABLE = new Set('"\\$`\n');

/**
 * Cuts a command into words as a shell does, by blanks, quotes and backslashes. What only a shell could do is refused:
 * none is started, so that no host name can reach one. In each word `%H` is the host, and `%%` a percent sign. The
 * text is not repeated in errors: it may hold a secret.
 *
 * Source: rsync(1) of 3.5.0, "Connecting to an rsync daemon".
 *
 * @throws UsageError for a text without words or with an open quote, UnsupportedError for what needs a shell.
 */
export function commandWords(text: string, host: string): string[] {
  const words = splitWords(text).map((word) =>
    word.replaceAll(/%([H%])/g, (_, x) => (x === 'H' ? host : '%')),
  );
  // A shell would replace itself by the program: there is none.
  if (words[0] === 'exec') words.shift();
  const [program = ''] = words;
  if (program === '') throw new UsageError(`${NAME} names no program`);
  if (/^\w+=/.test(program)) throw needsShell('a variable in front of the program');
  return words;
}

function splitWords(text: string): string[] {
  if (text.includes('\0')) throw new UsageError(`${NAME} holds a NUL`);
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) {
      quote = '';
    } else if (quote === "'") {
      word += character;
    } else if (character === '\\' && (quote === '' || ESCAPABLE.has(text.charAt(at + 1)))) {
      at += 1;
      if (at === text.length) throw new UsageError(`${NAME} ends with a backslash`);
      // The line goes on.
      if (text.charAt(at) === '\n') continue;
      word = (word ?? '') + text.charAt(at);
    } else if (quote === '"') {
      if (FOR_A_SHELL_QUOTED.has(character)) throw needsShell(character);
      word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= '';
    } else if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      if (FOR_A_SHELL.has(character)) throw needsShell(JSON.stringify(character).slice(1, -1));
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') throw new UsageError(`${NAME}: the quote ${quote} is not closed`);
  return word === undefined ? words : [...words, word];
}

function needsShell(what: string): UnsupportedError {
  return new UnsupportedError(
    `${NAME}: ${what} needs a shell, and none is started; put the command into a script and name the script`,
  );
}
