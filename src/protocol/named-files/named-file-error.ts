import { constants } from 'node:os';

/** Why a file that the operator has named cannot be opened or read: `message` says it in words, without its path. */
export class NamedFileError extends Error {
  readonly code: string;
  readonly errno: number;
  /** It could be read, but must not be. */
  readonly isRefusal: boolean;

  constructor(code: string, message: string, isRefusal: boolean, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.errno = numberOf(code);
    this.isRefusal = isRefusal;
  }

  /** The same without any name. */
  get plain(): string {
    return this.message;
  }

  override get name(): string {
    return this.constructor.name;
  }
}

/** A symlink at the end of the path, or on the way, belongs neither to root nor to us. */
export class ForeignLinkError extends NamedFileError {
  constructor(link: string, isLast: boolean) {
    super('ELOOP', `${isLast ? 'it' : link} is a symlink that belongs to another user`, true);
  }

  override get plain(): string {
    return 'a symlink on its way belongs to another user';
  }
}

/** What the operating system's errors say of such a file. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its symlinks go in a circle',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  ENXIO: 'it is a socket, or a pipe without a reader',
  EPERM: 'permission denied',
};

/** An error of the operating system, in words. Anything else stays as it is. */
export function namedFileError(thrown: unknown): unknown {
  if (thrown instanceof NamedFileError) return thrown;
  const { code, errno } = thrown as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined) return thrown;
  const text = reasons[code] ?? wordsOf(errno);
  return new NamedFileError(code, text, false, { cause: thrown });
}

/** What an error of the operating system says, in words and without a path; another error speaks for itself. */
export function systemReason(error: Error): string {
  const named = namedFileError(error);
  return named instanceof Error ? named.message : error.message;
}

/** The error that the operating system would give. */
export function failure(code: string, reason: string | undefined = reasons[code]): NamedFileError {
  return new NamedFileError(code, reason ?? code, false);
}

/** The error about a file that we do not want, with the code that fits best. */
export function refusal(code: string, reason: string): NamedFileError {
  return new NamedFileError(code, reason, true);
}

function numberOf(code: string): number {
  const numbers: Readonly<Record<string, number | undefined>> = constants.errno;
  return -(numbers[code] ?? 0);
}

/** As an import, node:util would bring a third of Node.js along at every start. */
function wordsOf(errno: number): string {
  return process.getBuiltinModule('node:util').getSystemErrorMessage(errno);
}
