import { optionTable } from '../../src/protocol/options/option-table.ts';

export const optionSpecs = optionTable.flatMap(({ options }) => options);

export type AnySpec = (typeof optionSpecs)[number];

/** The name by which an option is known: its first long one, else its letter. */
export const nameOf = ({ names, letter = '' }: AnySpec): string => names[0] ?? letter;

/** An option as it can be written, with a value that it takes. */
export function written(spec: AnySpec): string {
  const name = nameOf(spec);
  const option = spec.names[0] === undefined ? `-${name}` : `--${name}`;
  return spec.value === undefined
    ? option
    : `${option}=${values[name] ?? (/^[A-Z]*(NUM|SIZE|SECONDS|MINUTES|PORT|RATE)$/.test(spec.value) ? '5' : 'x')}`;
}

const values: Readonly<Record<string, string>> = {
  'max-alloc': '5m',
  bwlimit: '5',
  stderr: 'all',
  info: 'none',
  debug: 'none',
  outbuf: 'L',
  chmod: 'u+x',
  usermap: 'a:b',
  groupmap: 'a:b',
  'checksum-choice': 'md5',
  'compress-choice': 'zlib',
  'least-digest': 'md5',
  'remote-option': '--x',
  protocol: '31',
};

/** It was decided of each that a push does it, also where it is part of a watched tree. */
export const EFFECTIVE =
  `recursive inc-recursive from0 one-file-system max-size min-size existing ignore-existing
  prune-empty-dirs filter exclude exclude-from include include-from links copy-links copy-dirlinks copy-unsafe-links
  safe-links munge-links keep-dirlinks hard-links insecure-links archive perms executability chmod owner group
  numeric-ids usermap groupmap chown D devices specials times omit-dir-times omit-link-times atimes open-noatime super
  update ignore-times size-only checksum modify-window fuzzy compare-dest copy-dest link-dest whole-file block-size
  inplace append append-verify sparse preallocate partial partial-dir delay-updates temp-dir backup backup-dir suffix
  fsync mkpath write-devices force ignore-errors checksum-choice checksum-seed compress compress-choice old-compress
  new-compress compress-level skip-compress bwlimit timeout max-alloc port address ipv4 ipv6 contimeout login-timeout
  sockopts password-file least-digest early-input remote-option secluded-args old-args outbuf protocol`.split(
    /\s+/,
  );

/** The same of a push alone. */
export const EFFECTIVE_IN_PUSH =
  `${EFFECTIVE.join(' ')} dry-run list-only help version dirs old-dirs files-from
  remove-source-files stop-after F cvs-exclude relative implied-dirs ignore-missing-args delete-missing-args delete
  delete-before delete-during delete-delay delete-after delete-excluded max-delete verbose quiet stats progress P info
  debug itemize-changes out-format stderr msgs2stderr human-readable 8-bit-output motd log-file
  log-file-format`.split(/\s+/);
