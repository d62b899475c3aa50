/** What the C library says, where Node's own words for an error are others. */
const texts: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  EIO: 'Input/output error',
  EISDIR: 'Is a directory',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  ENAMETOOLONG: 'File name too long',
  ENFILE: 'Too many open files in system',
  ENOENT: 'No such file or directory',
  ENOMEM: 'Cannot allocate memory',
  ENOSPC: 'No space left on device',
  ENOTDIR: 'Not a directory',
  ENXIO: 'No such device or address',
  EPERM: 'Operation not permitted',
  EROFS: 'Read-only file system',
  ESTALE: 'Stale file handle',
};

/** `No such file or directory (2)`; an error that is not the operating system's speaks for itself. */
export function systemErrorText(error: NodeJS.ErrnoException): string {
  const { code, errno } = error;
  if (code === undefined || errno === undefined) return error.message;
  return `${texts[code] ?? nodesText(errno)} (${Math.abs(errno)})`;
}

/** As an import, node:util would bring a third of Node.js along at every start. */
function nodesText(errno: number): string {
  return process.getBuiltinModule('node:util').getSystemErrorMessage(errno);
}
