import { UsageError } from '../../errors.ts';
import { type Draft, does, type Effect, flag, idle, type OptionGroup, unsupported } from '../draft.ts';
import { badValue, parseChmod, type ValueOf } from '../values.ts';

export const links: OptionGroup = {
  title: 'Links',
  options: [
    {
      names: ['links'],
      letter: 'l',
      no: 'names and letter',
      help: 'send symlinks as symlinks',
      effect: flag('links'),
    },
    {
      names: ['copy-links'],
      letter: 'L',
      help: 'send what a symlink points to',
      effect: flag('copyLinks'),
    },
    {
      names: ['copy-dirlinks'],
      letter: 'k',
      help: 'send the directory that a symlink points to',
      effect: flag('copyDirlinks'),
    },
    {
      names: ['copy-unsafe-links'],
      help: 'send what a symlink that leaves the tree points to',
      effect: flag('copyUnsafeLinks'),
    },
    { names: ['safe-links'], help: 'leave out symlinks that leave the tree', effect: flag('safeLinks') },
    {
      names: ['munge-links'],
      no: 'names',
      help: 'the source holds munged symlinks: send what they were',
      effect: flag('mungeLinks'),
    },
    {
      names: ['keep-dirlinks'],
      letter: 'K',
      help: 'treat a symlink to a directory at the destination as a directory',
      effect: flag('keepDirlinks'),
    },
    {
      names: ['hard-links'],
      letter: 'H',
      no: 'names and letter',
      help: 'keep hard links between the files that are sent',
      effect: flag('hardLinks'),
    },
    {
      names: ['insecure-links'],
      no: 'names',
      help: 'follow symlinks of other users in the paths of options',
      effect: flag('insecureLinks'),
    },
    {
      names: ['confine-root'],
      value: 'DIR',
      help: 'refuse paths of options that lead out of DIR',
      effect: unsupported('check the paths before they are given to this program'),
    },
  ],
};

export const attributes: OptionGroup = {
  title: 'What is preserved of a file',
  options: [
    { names: ['archive'], letter: 'a', help: 'the same as -rlptgoD', effect: does(archive) },
    {
      names: ['perms'],
      letter: 'p',
      no: 'names and letter',
      help: 'keep permissions',
      effect: flag('perms'),
    },
    {
      names: ['executability'],
      letter: 'E',
      help: 'keep only whether a file is executable',
      effect: flag('executability'),
    },
    {
      names: ['chmod'],
      value: 'MODES',
      help: 'change permissions on the way: D755,F644,go-w',
      effect: does(({ transfer }, of) => {
        transfer.chmod = [...(transfer.chmod ?? []), ...parseChmod(of)];
      }),
    },
    { names: ['owner'], letter: 'o', no: 'names and letter', help: 'keep the owner', effect: flag('owner') },
    { names: ['group'], letter: 'g', no: 'names and letter', help: 'keep the group', effect: flag('group') },
    { names: ['numeric-ids'], no: 'names', help: 'keep ids, not names', effect: flag('numericIds') },
    {
      names: ['usermap'],
      value: 'FROM:TO,...',
      help: 'give the files of these users to others',
      effect: does((draft, of) => map(draft, of, 'usermap', pairs(of))),
    },
    {
      names: ['groupmap'],
      value: 'FROM:TO,...',
      help: 'give the files of these groups to others',
      effect: does((draft, of) => map(draft, of, 'groupmap', pairs(of))),
    },
    {
      names: ['chown'],
      value: 'USER:GROUP',
      help: 'give all files to USER and GROUP; either may be left out',
      effect: does((draft, of) => {
        const [, user = '', group = ''] = /^([^:]*):?(.*)$/s.exec(of.value) ?? [];
        if (user !== '') map(draft, of, 'usermap', [`*:${user}`]);
        if (group !== '') map(draft, of, 'groupmap', [`*:${group}`]);
      }),
    },
    {
      names: [],
      letter: 'D',
      no: 'names and letter',
      help: 'the same as --devices --specials',
      effect: flag('devices', 'specials'),
    },
    { names: ['devices'], no: 'names', help: 'keep device files', effect: flag('devices') },
    { names: ['specials'], no: 'names', help: 'keep named pipes and sockets', effect: flag('specials') },
    {
      names: ['drop-D'],
      no: 'names',
      help: 'create no such files when receiving',
      effect: idle('nothing is received; -M--drop-D asks it of the server'),
    },
    {
      names: ['copy-devices'],
      help: 'send what a device holds as a file',
      effect: unsupported('devices are sent as devices (-D) or not at all'),
    },
    {
      names: ['times'],
      letter: 't',
      no: 'names and letter',
      help: 'keep modification times',
      effect: flag('times'),
    },
    {
      names: ['omit-dir-times'],
      letter: 'O',
      no: 'names and letter',
      help: 'do not keep modification times of directories',
      effect: flag('omitDirTimes'),
    },
    {
      names: ['omit-link-times'],
      letter: 'J',
      no: 'names and letter',
      help: 'do not keep the times of symlinks',
      effect: flag('omitLinkTimes'),
    },
    {
      names: ['atimes'],
      letter: 'U',
      no: 'names and letter',
      help: 'keep access times; -UU: and do not change them here',
      effect: does(
        ({ transfer }) => {
          const isSecond = transfer.atimes !== undefined && transfer.atimes > 0;
          transfer.atimes = isSecond ? 2 : 1;
          if (isSecond) transfer.openNoatime = true;
        },
        ({ transfer }) => {
          transfer.atimes = 0;
        },
      ),
    },
    {
      names: ['open-noatime'],
      no: 'names',
      help: 'do not change access times by reading',
      effect: flag('openNoatime'),
    },
    {
      names: ['super'],
      no: 'names',
      help: 'let the server try what only root can do',
      effect: flag('superUser'),
    },
    {
      names: ['fake-super'],
      help: 'keep what only root can set in extended attributes',
      effect: unsupported('it concerns the side that writes: use -M--fake-super'),
    },
    {
      names: ['acls'],
      letter: 'A',
      no: 'names and letter',
      help: 'keep ACLs',
      effect: notKept('ACLs'),
    },
    {
      names: ['xattrs'],
      letter: 'X',
      no: 'names and letter',
      help: 'keep extended attributes',
      effect: notKept('extended attributes'),
    },
    {
      names: ['crtimes'],
      letter: 'N',
      no: 'names and letter',
      help: 'keep creation times',
      effect: notKept('creation times'),
    },
    {
      names: ['copy-as'],
      value: 'USER',
      help: 'read and write as another user',
      effect: unsupported('start this program as that user'),
    },
  ],
};

function notKept(what: string): Effect {
  return unsupported(`${what} are not kept; leave it out, or use rsync for trees that need them`);
}

function archive(draft: Draft): void {
  if (draft.transfer.recursive !== true) {
    draft.transfer.recursive = true;
    draft.hasImpliedRecursion = true;
  }
  Object.assign(draft.transfer, {
    links: true,
    perms: true,
    times: true,
    group: true,
    owner: true,
    devices: true,
    specials: true,
  });
}

/** A map may come from one option only, and turns on what it is about. */
function map(draft: Draft, of: ValueOf, key: 'usermap' | 'groupmap', value: readonly string[]): void {
  const earlier = draft.mapsFrom.get(key);
  if (earlier !== undefined) {
    throw new UsageError(`${of.option}: ${key.replace('map', '')}s are already mapped by ${earlier}`);
  }
  draft.mapsFrom.set(key, of.option);
  draft.transfer[key] = value;
  draft.transfer[key === 'usermap' ? 'owner' : 'group'] = true;
}

function pairs(of: ValueOf): readonly string[] {
  const all = of.value.split(',');
  if (!all.every((pair) => pair.includes(':'))) throw badValue(of, 'a list of FROM:TO pairs');
  return all;
}
