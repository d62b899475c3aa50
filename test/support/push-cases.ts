/** One way to push a tree: the real rsync and ours must do the same with it. */
export interface PushCase {
  /** Words of a command line; `FOLDER` is the one that holds the tree, `before` or `after` all changes. */
  readonly options: readonly string[];
  /** Paths below the folder that holds the `tree`, as arguments; the tree's contents if left out. */
  readonly sources?: readonly string[];
  /** What follows the name of the folder in the module; a slash if left out. */
  readonly destination?: string;
  /** For both programs; `FOLDER` as in the options. It has a `.cvsignore`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The push takes files away: each program gets a source of its own, and what is left of it must be equal, too. */
  readonly takesSource?: boolean;
}

function sets(...lines: readonly string[]): PushCase[] {
  return lines.map((line) => ({ options: line.split(' ') }));
}

/** Option sets by what they are about. Alternative destinations hold an older copy of the tree as `/base`. */
export const pushCases: Readonly<Record<string, readonly PushCase[]>> = {
  'what is kept of a file': [
    ...sets('-a', '-r', '-rl', '-rlpt', '-rt', '-rlD', '-rp', '-rtE', '-rptgo', '-aH', '-a --numeric-ids'),
    ...sets('-a --no-perms', '-a --no-times', '-a --no-links', '-a --no-D', '-a --devices --no-specials'),
    ...sets(
      '-aO',
      '-aJ',
      '-a --super',
      '-aH --super',
      '-aS',
      '-a --chown=1:1',
      '-a --usermap=0:1 --groupmap=*:1',
    ),
    ...sets('-a --fsync', '-a --preallocate', '-a --open-noatime'),
  ],
  'which files are thought to differ': [
    ...sets('-ac', '-au', '-aI', '-a --size-only', '-a --modify-window=2', '-a --modify-window=-1'),
    ...sets('-a --existing', '-a --ignore-existing', '-a --existing --ignore-existing --delete'),
    ...sets('-a --max-size=5000', '-a --min-size=700', '-ay', '-ayy --link-dest=/base', '-rc', '-rlptc'),
  ],
  'how a file is written': [
    ...sets('-aW', '-a --no-whole-file', '-aB 1000', '-a --inplace', '-a --inplace -S', '-a --inplace -b'),
    ...sets(
      '-a --append',
      '-a --append-verify',
      '-a --partial',
      '-a --partial-dir=.part',
      '-a --delay-updates',
    ),
    ...sets('-a --temp-dir=/scratch', '-ab', '-ab --suffix=.old', '-ab --backup-dir=/kept --delete'),
    ...sets(
      '-a --link-dest=/base',
      '-a --copy-dest=/base',
      '-a --compare-dest=/base',
      '-aHc --link-dest=/base',
    ),
    { options: ['-a', '--mkpath'], destination: '/not/yet/there/' },
  ],
  'what is deleted': [
    ...sets('-a --delete', '-a --del', '-a --delete-before', '-a --delete-after', '-a --delete-delay'),
    ...sets('-a --delete --force', '-a --delete --max-delete=3', '-a --delete -n', '-aH --delete -u'),
    ...sets('-a --force', '-a --delete --ignore-errors', '-ab --delete', '-rd --delete', '-d --delete'),
    ...sets('-a --delete --delay-updates', '-a --delete --partial-dir=.part'),
  ],
  'how it travels': [
    ...sets('-az', '-az --compress-choice=zlib', '-az --zc=zlibx', '-az --zc=zstd', '-az --compress-level=9'),
    ...sets('-a --checksum-choice=xxh64', '-a --cc=md5', '-a --cc=md4', '-a --cc=sha1', '-ac --cc=md5,sha1'),
    ...sets(
      '-a --cc=md4 --protocol=29',
      '-ac --cc=auto,md5',
      '-ac --cc=md4,auto --protocol=27',
      '-ac --cc=none,md5',
    ),
    ...sets('-az --zl=0', '-az --zl=0 --protocol=29', '-a --zc=zlib --zl=0', '-a --zc=zlibx --zl=99'),
    ...sets(
      '-a --zc=zstd --zl=0',
      '-a --zc=zstd --zl=-99',
      '-a --zc=zlib --zl=-7 --skip-compress=gz',
      '-a --no-z --zl=1',
    ),
    ...[
      { RSYNC_CHECKSUM_LIST: 'md5' },
      { RSYNC_CHECKSUM_LIST: 'XXHash sha1', RSYNC_COMPRESS_LIST: 'zlibx & zstd' },
      { RSYNC_CHECKSUM_LIST: 'crc32 md4', RSYNC_COMPRESS_LIST: 'zlib' },
      { RSYNC_CHECKSUM_LIST: 'none' },
      { RSYNC_CHECKSUM_LIST: 'crc32' },
      { RSYNC_COMPRESS_LIST: 'lzma' },
    ].map((environment) => ({ options: ['-az', '--zl=0'], environment })),
    ...sets('-a --cc=none', '-a --checksum-seed=7', '-a --timeout=20', '-a -s', '-a -M--delete', '-4a'),
    ...sets('-aH --delete --protocol=27', '-aH --delete --protocol=28', '-aH --delete --protocol=29'),
    ...sets('-aH --delete --protocol=30', '-aH --delete --protocol=31', '-aH --delete --protocol=32'),
    ...sets(
      '-aHz --protocol=29',
      '-aHc --protocol=27',
      '-aHc --protocol=30',
      '-a --no-inc-recursive --delete',
    ),
  ],
  'what is named': [
    { options: ['-artuz', '-R', '--delete'], sources: ['./tree'] },
    { options: ['-a'], sources: ['tree'] },
    { options: ['-a'], sources: ['tree/wide', 'tree/deep/', 'tree/new-or-not', 'tree/sizes/5000'] },
    { options: ['-a', '--delete'], sources: ['tree/wide/', 'tree/deep/'] },
    { options: ['-aR'], sources: ['./tree/deep/1/2', './tree/sizes/5000'] },
    { options: ['-aR', '--no-implied-dirs'], sources: ['./tree/deep/1/2/3'] },
    { options: ['-aR', '--delete'], sources: ['tree/./wide', 'tree/./links/relative'] },
    { options: ['-t'], sources: ['tree/sizes/5000', 'tree/wide'] },
    { options: ['-dt'], sources: ['tree/', 'tree/wide'] },
    { options: ['-a'], sources: ['tree/sizes/40000'], destination: '' },
    { options: ['-a', '--delete'], sources: ['tree/empty/'] },
    { options: ['-aR', '--delete'], sources: ['tree/./deep/', 'tree/./wide/1', 'tree/./wide/5'] },
    ...sets('-aii', '-an', '-anii --delete', '-a --out-format=%i|%n|%L|%l|%M|%U|%G|%B|%o'),
  ],
  'what is left out': [
    ...sets('-a --exclude=wide/', '-a --exclude=/sizes/*00 --delete', '-a -m --include=*/ --exclude=*'),
    ...sets('-a --include=/wide --include=/wide/** --exclude=* --delete', '-aC --delete'),
    ...[{ CVSIGNORE: '3* middle !' }, { CVSIGNORE: '3* middle' }, { HOME: 'FOLDER', CVSIGNORE: '1?' }].map(
      (environment) => ({ options: ['-aC', '--delete'], environment }),
    ),
    { options: ['-a', '-f', '-C', '--delete'], environment: { CVSIGNORE: '3*', HOME: 'FOLDER' } },
    ...sets('-a --delete --exclude=doomed --delete-excluded', '-a -F --delete', '-am', '-am --delete'),
    ...sets('-a --exclude-from=FOLDER/rules', '-a --include-from=FOLDER/rules --exclude=* --delete'),
    { options: ['-a', '--delete', '-f', 'P doomed', '-f', '- wide/'] },
    { options: ['-a', '--delete', '-f', 'merge FOLDER/rules'] },
    { options: ['-a', '--delete', '-f', ': .rsync-filter', '-f', 'H modes', '-f', 'R /sizes/1'] },
  ],
  'which links are followed': [
    ...sets('-aL', '-ak', '-a --copy-unsafe-links', '-a --munge-links', '-aLH', '-akR'),
    ...sets('-a --safe-links', '-aK --delete'),
  ],
  'what the client does on its own': [
    ...sets('-a --chmod=D750,F640', '-a --chmod=ugo=rwX', '-ac --chmod=F+x --delete'),
    ...['--ignore-missing-args', '--delete-missing-args'].map((option) => ({
      options: ['-a', option, '--force'],
      sources: ['tree/doomed', 'tree/wide', 'tree/new-folder'],
    })),
    ...[
      ['-a', '--files-from=FOLDER/names'],
      ['-ar', '--files-from=FOLDER/names', '--delete'],
      ['-a', '--no-relative', '--files-from=FOLDER/names'],
      ['-a', '-0', '--files-from=FOLDER/names0'],
    ].map((options) => ({ options })),
    ...[
      '-a',
      '-ab',
      '-aH',
      '-a --delay-updates',
      '-an',
      '-rlt --info=remove',
      '-aL',
      '-aH --protocol=27',
      '-a --protocol=29',
    ].map((line) => ({
      options: [...line.split(' '), '--remove-source-files'],
      takesSource: true,
    })),
    ...[['./tree/links/to-folder/7'], ['./tree/./wide/9', './tree/wide/8']].map((sources) => ({
      options: ['-aR', '--remove-source-files'],
      sources,
      takesSource: true,
    })),
    ...sets('-a --bwlimit=10m', '-a --stop-after=5', '-a --contimeout=9 --sockopts=SO_KEEPALIVE --outbuf=L'),
  ],
};

/** The same for a tree in which another disk is mounted on a folder. */
export const diskCases: readonly PushCase[] = [
  ...sets('-a --delete'),
  ...sets('-ax', '-axx', '-axR --delete', '-axx --delete'),
];
