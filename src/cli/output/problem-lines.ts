import { ChangedError, type Problem } from '../../protocol/index.ts';
import type { SourcePaths } from '../source-paths.ts';
import { systemErrorText } from './system-errors.ts';

/** How rsync names what it was doing; `%` is the path. */
const doings: Readonly<Record<string, string>> = {
  chdir: 'change_dir "%" failed',
  lstat: 'readlink_stat("%") failed',
  rules: 'cannot add local filter rules in long-named directory: "%"',
  readdir: 'opendir "%" failed',
  open: 'send_files failed to open "%"',
  read: 'read errors mapping "%"',
};

export interface ProblemLine {
  readonly isError: boolean;
  readonly text: string;
}

/** What rsync prints about a file that it cannot read, or does not want. */
export function problemLine(problem: Problem, paths: SourcePaths): ProblemLine {
  const { path, doing, cause, kind } = problem;
  switch (kind) {
    case 'skipped':
      return { isError: false, text: `skipping directory ${paths.nameOf(path)}` };
    case 'vanished':
      return { isError: true, text: `file has vanished: "${paths.fullPath(path)}"` };
    case 'missing-source':
      return { isError: true, text: failed('link_stat "%" failed', paths.fullPath(path), cause) };
    case 'failed': {
      if (doing === 'unlink') return { isError: true, text: notRemoved(paths.shownName(path), cause) };
      if (doing === 'stat')
        return { isError: true, text: `symlink has no referent: "${paths.fullPath(path)}"` };
      const place = doing === 'chdir' ? paths.folderOf(path) : paths.fullPath(path);
      return { isError: true, text: failed(doings[doing] ?? `${doing} "%" failed`, place, cause) };
    }
  }
}

function notRemoved(name: string, cause: Error): string {
  if (cause instanceof ChangedError) return `ERROR: Skipping sender remove for changed file: ${name}`;
  const step = 'code' in cause && cause.code === 'ELOOP' ? 'secure-open-parent' : 'remove';
  return `rsync: [sender] sender failed to ${step} ${name}: ${systemErrorText(cause)}`;
}

function failed(doing: string, path: string, cause: Error): string {
  return `rsync: [sender] ${doing.replace('%', () => path)}: ${systemErrorText(cause)}`;
}
