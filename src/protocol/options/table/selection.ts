import { UnsupportedError } from '../../errors.ts';
import { does, doubled, filter, filterFile, flag, type OptionGroup, size, unsupported } from '../draft.ts';

export const selection: OptionGroup = {
  title: 'Choosing what to transfer',
  options: [
    {
      names: ['recursive'],
      letter: 'r',
      no: 'names and letter',
      help: 'recurse into directories',
      effect: does(
        (draft) => {
          draft.transfer.recursive = true;
          draft.hasImpliedRecursion = false;
        },
        (draft) => {
          draft.transfer.recursive = false;
          draft.hasImpliedRecursion = false;
        },
      ),
    },
    {
      names: ['inc-recursive', 'i-r'],
      no: 'names',
      help: 'list directories during the transfer (the default)',
      effect: flag('incRecursive'),
    },
    {
      names: ['dirs'],
      letter: 'd',
      no: 'names and letter',
      help: 'send directories without their contents',
      effect: does(
        (draft) => {
          draft.transfer.dirs = true;
          draft.hasOldDirs = false;
        },
        (draft) => {
          draft.transfer.dirs = false;
          draft.hasOldDirs = false;
        },
      ),
    },
    {
      names: ['old-dirs', 'old-d'],
      help: 'the same for servers that do not know --dirs',
      effect: does((draft) => {
        draft.hasOldDirs = true;
      }),
    },
    {
      names: ['relative'],
      letter: 'R',
      no: 'names and letter',
      help: 'keep the path of a source as it was given',
      effect: flag('relative'),
    },
    {
      names: ['implied-dirs', 'i-d'],
      no: 'names',
      help: 'with -R, send the parent directories too (the default)',
      effect: flag('impliedDirs'),
    },
    {
      names: ['files-from'],
      value: 'FILE',
      help: 'read the names to send from FILE (- is standard input)',
      effect: does((draft, { value }) => {
        if (isOnServer(value)) {
          throw new UnsupportedError(
            `--files-from=${value}: a list that lies on the server is not supported; copy it here first`,
          );
        }
        draft.transfer.filesFrom = value;
      }),
    },
    {
      names: ['from0'],
      letter: '0',
      no: 'names',
      help: 'names and rules in files end with a zero byte',
      effect: flag('from0'),
    },
    {
      names: ['one-file-system'],
      letter: 'x',
      no: 'names and letter',
      help: 'stay on the file system of the source; -xx: leave mount points out',
      effect: doubled('oneFileSystem'),
    },
    { names: ['max-size'], value: 'SIZE', help: 'send no larger files', effect: size('maxSize') },
    { names: ['min-size'], value: 'SIZE', help: 'send no smaller files', effect: size('minSize') },
    {
      names: ['existing', 'ignore-non-existing'],
      help: 'create nothing new at the destination',
      effect: flag('existing'),
    },
    {
      names: ['ignore-existing'],
      help: 'leave alone what exists at the destination',
      effect: flag('ignoreExisting'),
    },
    {
      names: ['ignore-missing-args'],
      help: 'a source that does not exist is no error',
      effect: flag('ignoreMissingArgs'),
    },
    {
      names: ['prune-empty-dirs'],
      letter: 'm',
      no: 'names and letter',
      help: 'leave out directories that end up empty',
      effect: flag('pruneEmptyDirs'),
    },
    {
      names: ['remove-source-files'],
      help: 'delete source files (not directories) after they are transferred',
      effect: flag('removeSourceFiles'),
    },
    {
      names: ['remove-sent-files'],
      help: 'delete source files that were sent',
      effect: unsupported('use --remove-source-files'),
    },
    {
      names: ['list-only'],
      help: 'list the files instead of sending them',
      effect: flag('listOnly'),
    },
  ],
};

export const filters: OptionGroup = {
  title: 'Filter rules, tried in the order given',
  options: [
    { names: ['filter'], letter: 'f', value: 'RULE', help: 'a rule of any kind', effect: filter('filter') },
    {
      names: [],
      letter: 'F',
      help: 'read .rsync-filter in every directory; -FF: and do not send it',
      effect: does((draft) => {
        draft.dirMerges += 1;
        if (draft.dirMerges === 1) draft.filters.push({ kind: 'filter', text: ': /.rsync-filter' });
        if (draft.dirMerges === 2) draft.filters.push({ kind: 'filter', text: '- .rsync-filter' });
      }),
    },
    { names: ['exclude'], value: 'PATTERN', help: 'leave out what matches', effect: filter('exclude') },
    {
      names: ['exclude-from'],
      value: 'FILE',
      help: 'read such patterns from FILE',
      effect: filterFile('exclude-from'),
    },
    {
      names: ['include'],
      value: 'PATTERN',
      help: 'do not leave out what matches',
      effect: filter('include'),
    },
    {
      names: ['include-from'],
      value: 'FILE',
      help: 'read such patterns from FILE',
      effect: filterFile('include-from'),
    },
    {
      names: ['cvs-exclude'],
      letter: 'C',
      help: 'leave out what CVS would ignore',
      effect: flag('cvsExclude'),
    },
  ],
};

/** `:FILE` and `HOST:FILE` name a list on the server; a drive letter is not a host. */
function isOnServer(file: string): boolean {
  return /^[^/]*:/.test(file) && !/^[A-Za-z]:[\\/]/.test(file);
}
