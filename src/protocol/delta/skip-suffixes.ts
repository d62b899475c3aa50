/**
 * Endings of files that are compressed already, as rsync has them.
 *
 * Source: rsync(1), `--skip-compress`.
 */
const DEFAULT_SUFFIXES =
  `3g2 3gp 7z aac ace apk avi bz2 deb dmg ear f4v flac flv gpg gz iso jar jpeg jpg lrz lz lz4 lzma lzo m1a m1v m2a m2ts
  m2v m4a m4b m4p m4r m4v mka mkv mov mp1 mp2 mp3 mp4 mpa mpeg mpg mpv mts odb odf odg odi odm odp ods odt oga ogg ogm
  ogv ogx opus otg oth otp ots ott oxt png qt rar rpm rz rzip spx squashfs sxc sxd sxg sxm sxw sz tbz tbz2 tgz tlz ts
  txz tzo vob war webm webp xz z zip zst`.split(/\s+/);

/**
 * Tells by its name whether a file is worth compressing. Suffixes are without the dot and in any case; a set such as
 * `mp[34]` stands for one character of it.
 */
export function worthPacking(suffixes: readonly string[] = DEFAULT_SUFFIXES): (name: string) => boolean {
  if (suffixes.length === 0) return () => true;
  const pattern = new RegExp(`\\.(?:${suffixes.map(patternOf).join('|')})$`, 'i');
  return (name) => !pattern.test(name);
}

function patternOf(suffix: string): string {
  const parts = suffix.split(/(\[[^\]]+\])/);
  return parts
    .map((part, i) => (i % 2 === 0 ? literal(part) : `[${part.slice(1, -1).replaceAll(/[\\^-]/g, '\\$&')}]`))
    .join('');
}

function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
