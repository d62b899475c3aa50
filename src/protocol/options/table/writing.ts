import { UsageError } from '../../errors.ts';
import {
  type Draft,
  does,
  doubled,
  flag,
  integer,
  type OptionGroup,
  path,
  paths,
  size,
  text,
  unsupported,
} from '../draft.ts';
import type { DeleteMoment } from '../transfer-options.ts';
import { parseInteger } from '../values.ts';

export const comparison: OptionGroup = {
  title: 'Deciding which files differ',
  options: [
    {
      names: ['update'],
      letter: 'u',
      help: 'leave alone what is newer at the destination',
      effect: flag('update'),
    },
    {
      names: ['ignore-times'],
      letter: 'I',
      help: 'send files of the same size and time too',
      effect: flag('ignoreTimes'),
    },
    { names: ['size-only'], help: 'files of the same size are equal', effect: flag('sizeOnly') },
    {
      names: ['checksum'],
      letter: 'c',
      no: 'names and letter',
      help: 'compare what is in the files, not size and time',
      effect: flag('checksum'),
    },
    {
      names: ['modify-window'],
      letter: '@',
      value: 'SECONDS',
      help: 'times that differ by no more are equal; -1: compare nanoseconds',
      effect: integer('modifyWindow'),
    },
    {
      names: ['fuzzy'],
      letter: 'y',
      no: 'names and letter',
      help: 'use a similar file as basis; -yy: also from --link-dest directories',
      effect: doubled('fuzzy'),
    },
    {
      names: ['compare-dest'],
      value: 'DIR',
      help: 'do not send what is in DIR of the destination',
      effect: paths('compareDest'),
    },
    {
      names: ['copy-dest'],
      value: 'DIR',
      help: 'the same, and copy it from there',
      effect: paths('copyDest'),
    },
    {
      names: ['link-dest'],
      value: 'DIR',
      help: 'the same, and make a hard link to it',
      effect: paths('linkDest'),
    },
  ],
};

export const writing: OptionGroup = {
  title: 'Writing files',
  options: [
    {
      names: ['whole-file'],
      letter: 'W',
      no: 'names and letter',
      help: 'send files whole, without looking for what changed',
      effect: flag('wholeFile'),
    },
    {
      names: ['block-size'],
      letter: 'B',
      value: 'SIZE',
      help: 'compare in blocks of this size',
      effect: size('blockSize'),
    },
    { names: ['inplace'], no: 'names', help: 'write into the file itself', effect: flag('inplace') },
    {
      names: ['append'],
      no: 'names',
      help: 'send only what is missing at the end',
      effect: does(({ transfer }) => {
        transfer.append = 'append';
      }, noAppend),
    },
    {
      names: ['append-verify'],
      help: 'the same, but check what was there',
      effect: does(({ transfer }) => {
        transfer.append = 'verify';
      }),
    },
    {
      names: ['sparse'],
      letter: 'S',
      no: 'names and letter',
      help: 'make holes of long runs of zero bytes',
      effect: flag('sparse'),
    },
    { names: ['preallocate'], help: 'reserve the space before writing', effect: flag('preallocate') },
    { names: ['partial'], no: 'names', help: 'keep partially transferred files', effect: flag('partial') },
    {
      names: ['partial-dir'],
      value: 'DIR',
      help: 'keep partially transferred files in DIR',
      effect: text('partialDir'),
    },
    {
      names: [],
      letter: 'P',
      help: 'the same as --partial --progress',
      effect: flag('partial', 'progress'),
    },
    {
      names: ['delay-updates'],
      no: 'names',
      help: 'move all files into place at the end',
      effect: flag('delayUpdates'),
    },
    {
      names: ['temp-dir'],
      letter: 'T',
      value: 'DIR',
      help: 'write new files in DIR first',
      effect: path('tempDir'),
    },
    {
      names: ['backup'],
      letter: 'b',
      no: 'names',
      help: 'keep what is replaced or deleted',
      effect: flag('backup'),
    },
    { names: ['backup-dir'], value: 'DIR', help: 'put backups into DIR', effect: text('backupDir') },
    { names: ['suffix'], value: 'SUFFIX', help: 'ending of backups (~)', effect: text('suffix') },
    { names: ['fsync'], help: 'the server flushes every file to its disk', effect: flag('fsync') },
    {
      names: ['mkpath'],
      no: 'names',
      help: 'create missing parent directories of the destination',
      effect: flag('mkpath'),
    },
    {
      names: ['write-devices'],
      no: 'names',
      help: 'write to devices as if they were files',
      effect: flag('writeDevices'),
    },
    {
      names: ['write-batch'],
      value: 'FILE',
      help: 'record the transfer in FILE',
      effect: unsupported('use rsync for batch files'),
    },
    {
      names: ['only-write-batch'],
      value: 'FILE',
      help: 'record it without doing it',
      effect: unsupported('use rsync for batch files'),
    },
    {
      names: ['read-batch'],
      value: 'FILE',
      help: 'do what was recorded in FILE',
      effect: unsupported('use rsync for batch files'),
    },
  ],
};

export const deleting: OptionGroup = {
  title: 'Deleting',
  options: [
    {
      names: ['delete'],
      help: 'delete files that the source does not have',
      effect: does(({ transfer }) => {
        transfer.delete ??= 'default';
      }),
    },
    {
      names: ['delete-before'],
      help: 'delete before the transfer',
      effect: does((draft) => deleteAt(draft, 'before')),
    },
    {
      names: ['delete-during', 'del'],
      help: 'delete directory by directory during the transfer',
      effect: does((draft) => deleteAt(draft, 'during')),
    },
    {
      names: ['delete-delay'],
      help: 'find during the transfer what to delete after it',
      effect: does((draft) => deleteAt(draft, 'delay')),
    },
    {
      names: ['delete-after'],
      help: 'delete after the transfer',
      effect: does((draft) => deleteAt(draft, 'after')),
    },
    {
      names: ['delete-excluded'],
      help: 'delete what the filter rules leave out, too',
      effect: flag('deleteExcluded'),
    },
    {
      names: ['delete-missing-args'],
      help: 'delete what was named as a source and does not exist',
      effect: flag('deleteMissingArgs'),
    },
    {
      names: ['max-delete'],
      value: 'NUM',
      help: 'delete no more than NUM files',
      effect: does(({ transfer }, of) => {
        transfer.maxDelete = Math.max(0, parseInteger(of));
      }),
    },
    { names: ['force'], no: 'names', help: 'replace directories that are not empty', effect: flag('force') },
    {
      names: ['ignore-errors'],
      no: 'names',
      help: 'delete even after read errors',
      effect: flag('ignoreErrors'),
    },
  ],
};

function noAppend({ transfer }: Draft): void {
  delete transfer.append;
}

/** The moments exclude each other, except that `during` and `delay` are one with two endings: the later word wins. */
function deleteAt({ transfer }: Draft, moment: DeleteMoment): void {
  const isDuring = (one: DeleteMoment) => one === 'during' || one === 'delay';
  const earlier = transfer.delete ?? 'default';
  if (earlier !== 'default' && earlier !== moment && !(isDuring(earlier) && isDuring(moment))) {
    throw new UsageError(`--delete-${moment} cannot be used with --delete-${earlier}`);
  }
  transfer.delete = moment;
}
