import { checkObject, checkText } from '../arguments.ts';
import { TargetError, UnsupportedError, UsageError } from '../errors.ts';

/** Where the user wants files to go, or to come from. */
export type Target = DaemonTarget | ModuleListTarget | ShellTarget | LocalTarget;

/** `[user@]host::module/path` or `rsync://[user@]host[:port]/module/path`. */
export interface DaemonTarget {
  readonly kind: 'daemon';
  /** Empty if nothing stands before the `@`. */
  readonly user?: string;
  /** Without the brackets of an IPv6 address. */
  readonly host: string;
  /** Only if the URL says it. */
  readonly port?: number;
  readonly module: string;
  /** What stands behind the module and its slash; may be empty. */
  readonly path: string;
}

/** A daemon without a module: `host::`, `rsync://host/`. It can only be asked which modules it has. */
export interface ModuleListTarget {
  readonly kind: 'module-list';
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/** `[user@]host:path`. */
export interface ShellTarget {
  readonly kind: 'shell';
  readonly user?: string;
  readonly host: string;
  readonly path: string;
}

export interface LocalTarget {
  readonly kind: 'local';
  readonly path: string;
}

export interface TargetSyntax {
  /** On Windows `C:\dir` and `C:/dir` are local paths, not a host named C. */
  readonly driveLetters?: boolean;
}

const MAX_PORT = 0xffff;
const URL_FORM = 'rsync://[USER@]HOST[:PORT]/MODULE/PATH';

/**
 * Reads a source or destination as the user typed it. What cannot be anything else is a local path.
 *
 * Source: docs/protocol chapter 1, section 2.1.
 *
 * @throws TargetError if a daemon's module has no name, UsageError for a port that cannot be one.
 */
export function parseTarget(text: string, syntax: TargetSyntax = {}): Target {
  checkText(text, 'target');
  checkObject(syntax, 'the syntax of targets');
  const { driveLetters = false } = syntax;
  if (driveLetters && /^[a-z]:(?:[\\/]|$)/i.test(text)) return { kind: 'local', path: text };
  return parseUrl(text) ?? parseHostPath(text) ?? { kind: 'local', path: text };
}

/** The module to write to. Everything else that can be typed is refused, with what to type instead. */
export function destinationModule(target: Target): DaemonTarget {
  checkObject(target, 'target');
  switch (target.kind) {
    case 'daemon':
      checkText(target.host, 'host');
      if (target.host === '') throw new UsageError(`${target.module}: the host is missing: ${URL_FORM}`);
      return target;
    case 'module-list':
      throw new UsageError(`${target.host}: a destination needs a module: ${URL_FORM}`);
    case 'shell':
      throw new UnsupportedError(withoutShell(target, URL_FORM));
    case 'local':
      throw new UsageError(`${target.path}: a destination is a daemon: ${URL_FORM}`);
    default:
      throw new UsageError('target: not one that parseTarget has made');
  }
}

/** Why a target of the form `HOST:PATH` is refused; `form` is what to name instead. */
export function withoutShell(target: ShellTarget, form: string): string {
  checkObject(target, 'target');
  const { host, path } = target;
  checkText(path, 'path');
  if (path.startsWith('//')) return `${host}:// is not a URL of an rsync daemon; name one: ${form}`;
  return `${host}: a single colon means a remote shell, which is not supported; name a daemon: ${form}`;
}

/** The URL of a daemon, which lists its modules. */
export function daemonUrl(target: Pick<DaemonTarget, 'user' | 'host' | 'port'>): string {
  checkObject(target, 'target');
  const { user, host, port } = target;
  checkText(host, 'host');
  const who = user === undefined ? '' : `${user}@`;
  const where = host.includes(':') ? `[${host}]` : host;
  return `rsync://${who}${where}${port === undefined ? '' : `:${port}`}/`;
}

/** Control characters, those of Latin-1 among them. */
const CONTROL = /\p{Cc}/u;
/** A name or an address. What is a blank or a bracket, or has a meaning in a URL, is none of its characters. */
const HOST = /^[^\p{Cc}\p{Z}/\\@[\]"'<>^`{|}?#,;()&$!*=+~]{1,255}$/u;

/**
 * Checks the parts of a target that go into lines of a protocol: a line break in one of them would begin another line.
 *
 * @throws UsageError that names the part.
 */
export function checkDaemonTarget({ host, port, user = '', module, path }: DaemonTarget): void {
  checkHost(host);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= MAX_PORT))
    throw new UsageError(`port: ${port} is not in [1, ${MAX_PORT}]`);
  if (CONTROL.test(user)) throw new UsageError(`user ${JSON.stringify(user)}: it holds a control character`);
  if (/[\n\r\0/]/.test(module)) throw new UsageError(`module name ${JSON.stringify(module)}: not a name`);
  if (path.includes('\0')) throw new UsageError(`path ${JSON.stringify(path)}: it holds a NUL`);
}

/** @throws UsageError for what can be neither the name of a host nor an address. */
export function checkHost(host: string): void {
  if (!HOST.test(host)) throw new UsageError(`host ${JSON.stringify(host)}: neither a name nor an address`);
}

/** The path that a daemon is told, module included. */
export function modulePath({ module, path }: DaemonTarget): string {
  return `${module}/${path}`;
}

/**
 * The URL form. A text that starts like a URL and is none is refused, and not repeated: rsync would start a remote
 * shell to a host called `rsync`, and the text may well hold a password.
 */
function parseUrl(text: string): Target | undefined {
  const [, rest] = /^rsync:\/\/(.*)$/is.exec(text) ?? [];
  if (rest === undefined) return undefined;
  const authority = splitHost(rest);
  const tail = authority && /^(?::(\d*))?(?:\/(.*))?$/s.exec(authority.rest);
  if (!tail) throw new UsageError(`a URL must have the form ${URL_FORM}; a password has no place in it`);
  const [, digits = '', path = ''] = tail;
  const port = digits === '' ? {} : { port: parsePort(digits) };
  return daemonTarget({ ...authority.who, ...port }, path);
}

/** `host:path`, and `host::module/path`. */
function parseHostPath(text: string): Target | undefined {
  const authority = splitHost(text);
  if (authority === undefined || !authority.rest.startsWith(':')) return undefined;
  const path = authority.rest.slice(1);
  if (path.startsWith(':')) return daemonTarget(authority.who, path.slice(1));
  return { kind: 'shell', ...authority.who, path: path === '' ? '.' : path };
}

interface Who {
  readonly user?: string;
  readonly host: string;
}

/**
 * `[user@]host` at the head of `text`, and what follows it: nothing, a `:` or a `/`. The user reaches to the last `@`
 * before that; a host in brackets may hold colons.
 */
function splitHost(text: string): { readonly who: Who; readonly rest: string } | undefined {
  const match = /^(?:([^:/]*)@)?(?:\[([^\]]+)\]|([^:/[]*))(?=[:/]|$)/s.exec(text);
  if (match === null) return undefined;
  const [whole, user, bracketed, plain = ''] = match;
  const host = bracketed ?? plain;
  const who = user === undefined ? { host } : { user, host };
  return { who, rest: text.slice(whole.length) };
}

function daemonTarget(who: Who & { readonly port?: number }, path: string): Target {
  if (who.host !== '') checkHost(who.host);
  if (path === '') return { kind: 'module-list', ...who };
  const [, module = '', rest = ''] = /^([^/]*)\/?(.*)$/s.exec(path) ?? [];
  if (module === '')
    throw new TargetError(`${who.host}: the path must start with the name of a module, not with a slash`);
  return { kind: 'daemon', ...who, module, path: rest };
}

function parsePort(digits: string): number {
  const port = Number(digits);
  if (port < 1 || port > MAX_PORT) throw new UsageError(`port: ${digits} is not in [1, ${MAX_PORT}]`);
  return port;
}
