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

/** What a word says and the next takes back: as if neither had been there. */
const takenBack = `
  -ad --no-r --no-d, -aR --no-R, -aR --no-implied-dirs --no-R, -ax --no-x, -am --no-m,
  -a --munge-links --no-munge-links, -aH --no-H, -a --no-p, -a --no-o --no-g,
  -a --numeric-ids --no-numeric-ids, -a --no-devices, -a --no-specials, -aO --no-O, -aJ --no-J,
  -a --super --no-super, -AX --no-A --no-X -a, -ac --no-c, -ay --no-y, -aW --no-W,
  -a --inplace --no-inplace, -a --append --no-append, -aS --no-S, -a --partial-dir=.p --no-partial,
  -a --delay-updates --no-delay-updates, -ab --no-backup, -a --write-devices --no-write-devices,
  -a --force --no-force, -aL --delete --ignore-errors --no-ignore-errors, -az --no-z,
  -a --bwlimit=1 --no-bwlimit, -a --timeout=1 --no-timeout, -a --contimeout=1 --no-contimeout, -as --no-s,
  -a --old-args --no-old-args, -av --no-v, -a --no-i, -a --progress --no-progress,
  -a --msgs2stderr --no-msgs2stderr, -a8 --no-8, -ah --no-h, -a --no-motd,
  -a --from0 --no-from0 --exclude-from=FOLDER/rules, -a --no-i-r --delete`;

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
    ...sets('-a --chown=0:no-such-group', '-a --usermap=*:no-such-user', '-a --groupmap=*:no-such-group'),
    ...sets('-a --chown=:1', '-a --chown=1234', '-a --usermap=root:1,1234:2 --groupmap=0-10:5 --numeric-ids'),
    ...sets('-a --write-devices', '-aM--no-perms', '-a -M--omit-dir-times -M--omit-link-times'),
  ],
  'which files are thought to differ': [
    ...sets('-ac', '-au', '-aI', '-a --size-only', '-a --modify-window=2', '-a --modify-window=-1'),
    ...sets('-a --existing', '-a --ignore-existing', '-a --existing --ignore-existing --delete'),
    ...sets('-a --max-size=1k --min-size=2b', '-ay --delete-after', '-aIu'),
    ...sets('-ac --size-only', '-a --existing -d', '-rt --modify-window=100000'),
    ...sets('-a --max-size=5000', '-a --min-size=700', '-ay', '-rc', '-rlptc'),
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
      '-a --append --protocol=29',
      '-a --append-verify --protocol=27',
      '-az --append',
      '-ac --append-verify',
    ),
    ...sets('-an --append', '-aS --append-verify', '-a --no-W --inplace -S', '-aB 131072 --protocol=29'),
    ...sets('-a --partial-dir=/scratch', '-a --delay-updates --partial-dir=.wait', '-a --temp-dir=/nowhere'),
    ...sets(
      '-ab --backup-dir=kept --suffix=.x --delete',
      '-ab --suffix=.old --delete-excluded --exclude=wide',
    ),
    { options: ['-a', '--mkpath'], destination: '/not/yet/there/' },
  ],
  'what is deleted': [
    ...sets('-a --delete', '-a --del', '-a --delete-before', '-a --delete-after', '-a --delete-delay'),
    ...sets('-a --delete --force', '-a --delete --max-delete=3', '-a --delete -n', '-aH --delete -u'),
    ...sets('-a --force', '-a --delete --ignore-errors', '-ab --delete', '-rd --delete', '-d --delete'),
    ...sets('-a --delete --max-delete=0', '-a --delete-after --max-delete=1', '-a --del --max-delete=-1'),
    ...sets('-aL --delete', '-aL --delete --ignore-errors', '-aL --delete-after', '-aL --delete-delay'),
    ...sets('-aL --delete --protocol=29', '-aL --delete-after --ignore-errors --protocol=30'),
    ...sets('-rt --delete --force --protocol=27', '-a --delete -c --delete-excluded', '-aK --delete --force'),
    ...sets('-a --delete --delay-updates', '-a --delete --partial-dir=.part'),
  ],
  'how it travels': [
    ...sets('-az', '-az --compress-choice=zlib', '-az --zc=zlibx', '-az --zc=zstd', '-az --compress-level=9'),
    ...sets(
      '-a --cc=xxh128',
      '-ac --cc=xxh3',
      '-ac --cc=xxh128,xxh3',
      '-a --checksum-choice=xxh64',
      '-a --cc=md5',
      '-a --cc=md4',
      '-a --cc=sha1',
      '-ac --cc=md5,sha1',
    ),
    ...sets(
      '-a --cc=md4 --protocol=29',
      '-a --cc=sha1 --protocol=29',
      '-ac --cc=md5,xxh128 --protocol=28',
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
    ...sets('-a --address=127.0.0.1', '-a --early-input=FOLDER/rules', '-a --old-args', '-a --max-alloc=2g'),
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
    { options: ['-a', '--old-dirs'], sources: ['tree/', 'tree/wide'] },
    { options: ['-a', '--no-recursive'], sources: ['tree', 'tree/sizes/5000'] },
    { options: ['-a', '--list-only'], sources: ['tree/wide', 'tree/sizes/'] },
    ...sets('--list-only', '-rl --list-only --delete', '-av --list-only --no-v --protocol=28', '-aq', '-aqn'),
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
    ...sets('-aL', '-ak', '-a --copy-unsafe-links', '-a --munge-links', '-aLH'),
    // With ./ none of the folders above the trees is sent: others change them meanwhile.
    { options: ['-akR'], sources: ['./tree/'] },
    ...sets(
      '-a --safe-links',
      '-aK --delete',
      '-aL --safe-links',
      '-akK',
      '-rL',
      '-rk --no-links',
      '-a --safe-links -k',
    ),
    ...sets(
      '-a --copy-unsafe-links --safe-links',
      '-aLz --protocol=27',
      '-a --munge-links --copy-unsafe-links',
    ),
    { options: ['-aL', '--delete'], sources: ['tree/links', 'tree/links/to-folder', 'tree/links/dangling'] },
    { options: ['-aRk'], sources: ['./tree/links/to-folder/3', './tree/./links/to-folder'] },
  ],
  'what is taken back': sets(...takenBack.split(',').map((line) => line.trim())),
  'what the client does on its own': [
    ...sets(
      '-rt --chmod=u=rwx,go=',
      '-an --chmod=700',
      '-a --chmod=Du+w,Fgo-w,a-s --protocol=27',
      '-rE --chmod=+x',
    ),
    ...sets('-a --chmod=D2775,F664 --chmod=+X', '-a --chmod=Fg=o,Do=g'),
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
      ['-a', '--files-from=FOLDER/names', '--ignore-missing-args'],
      ['-ar', '--files-from=FOLDER/names', '--delete-missing-args', '--force'],
      ['-a', '--no-d', '--files-from=FOLDER/names', '-L'],
      ['-aH', '--files-from=FOLDER/names', '--protocol=29'],
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
      '-a --files-from=FOLDER/names',
    ].map((line) => ({
      options: [...line.split(' '), '--remove-source-files'],
      takesSource: true,
    })),
    ...[['./tree/links/to-folder/7'], ['./tree/./wide/9', './tree/wide/8']].map((sources) => ({
      options: ['-aR', '--remove-source-files'],
      sources,
      takesSource: true,
    })),
    ...sets('-a --bwlimit=10m --protocol=27', '-a --info=progress2 --no-motd --no-i --info=progress0'),
    ...sets('-a --bwlimit=10m', '-a --stop-after=5', '-a --contimeout=9 --sockopts=SO_KEEPALIVE --outbuf=L'),
  ],
};

/**
 * Those that cannot be run beside others: it shows when a file was read, and files that are linked with those of the
 * older copy are changed in both places.
 */
export const aloneCases: readonly PushCase[] = [
  ...sets('-aUU', '-rUU --no-open-noatime -n', '-aUU --no-U', '-aHUU --protocol=30 --delete'),
  ...sets(
    '-a --link-dest=/base',
    '-a --copy-dest=/base',
    '-a --compare-dest=/base',
    '-aHc --link-dest=/base',
  ),
  ...sets('-ayy --link-dest=/base', '-ayy --compare-dest=/base', '-a --copy-dest=/nowhere --copy-dest=/base'),
  ...sets(
    '-ab --copy-dest=/base',
    '-ac --compare-dest=/base',
    '-a --link-dest=../base',
    '-aIz --link-dest=/base',
  ),
  ...sets('-a --link-dest=/base --protocol=29', '-a --copy-dest=/base --delete --protocol=27'),
];

/** The same for a tree in which another disk is mounted on a folder. */
export const diskCases: readonly PushCase[] = [
  ...sets('-a --delete'),
  ...sets('-ax', '-axx', '-axx --delete'),
  { options: ['-axR', '--delete'], sources: ['./tree/'] },
];
