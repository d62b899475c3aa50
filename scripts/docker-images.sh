#!/bin/sh
# Makes the images of fixtures/docker that the real-server suite runs against, one for each rsync of Debian's suites,
# and prints their names. Usage: docker-images.sh [VARIANT...]
#
# The bases are the public images where they can be had. Elsewhere debootstrap makes them, as root, from the mirror
# that apt uses (or DEBIAN_MIRROR); they are kept as tsersync-base:VARIANT. `docker image rm` one to have it anew.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
# bookworm-first is bookworm without its security updates: rsync 3.2.7, where bookworm itself is at 3.5.
[ $# -gt 0 ] || set -- bullseye bookworm-first bookworm trixie forky

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '%s\n' "docker-images: $*" >&2; }

die() {
  say "$*"
  exit 1
}

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

# Usage: base_of VARIANT: prints nothing when it has yet to be made.
base_of() {
  public=debian:${1%-first}-slim
  if has_image "tsersync-base:$1"; then
    echo "tsersync-base:$1"
  elif has_image "$public" || docker pull --quiet "$public" >/dev/null 2>&1; then
    echo "$public"
  fi
}

find_mirror() {
  apt-get indextargets --format '$(ORIGIN) $(SITE)' 'Created-By: Packages' 2>/dev/null |
    sed -n '/^Debian /{/-security$/!{s/^Debian //p;q;};}'
}

# Usage: make_base SUITE
make_base() {
  # One script serves every suite since 2012, also those that are newer than debootstrap.
  debootstrap --variant=minbase --include=rsync "$1" "$work/$1" "$mirror" /usr/share/debootstrap/scripts/sid
  if [ "$1" = bookworm ]; then
    import "$work/$1" bookworm-first
    # Every mirror has the security updates beside the archive.
    echo "deb $mirror-security $1-security main" >>"$work/$1/etc/apt/sources.list"
    chroot "$work/$1" sh -c 'apt-get update && apt-get install --yes rsync'
  fi
  import "$work/$1" "$1"
}

# Usage: import FOLDER VARIANT
import() {
  tar -C "$1" --exclude='./dev/*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' \
    --exclude='./usr/share/doc/*' --exclude='./usr/share/locale/*' -c . | docker import - "tsersync-base:$2"
}

missing=
for variant; do
  [ -n "$(base_of "$variant")" ] || missing="$missing ${variant%-first}"
done
if [ -n "$missing" ]; then
  mirror=${DEBIAN_MIRROR:-$(find_mirror)}
  [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null && [ -n "$mirror" ] ||
    die "no public image can be pulled for$missing, and making one takes root, debootstrap and a Debian mirror"
fi
jobs=
for suite in $(printf '%s\n' $missing | sort -u); do
  say "making a base of $suite"
  make_base "$suite" >"$work/$suite.log" 2>&1 &
  jobs="$jobs $suite=$!"
done
for job in $jobs; do
  wait "${job#*=}" && continue
  cat "$work/${job%=*}.log" "$work/${job%=*}/debootstrap/debootstrap.log" >&2 2>/dev/null || true
  die "no base of ${job%=*} could be made"
done

for variant; do
  # In a public image this picks the version that the suite was released with.
  release=
  [ "$variant" = "${variant%-first}" ] || release=${variant%-first}
  say "building tsersync-rsyncd:$variant from $(base_of "$variant")"
  docker build --tag "tsersync-rsyncd:$variant" --build-arg BASE="$(base_of "$variant")" \
    --build-arg RELEASE="$release" "$root/fixtures/docker" >"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    die "tsersync-rsyncd:$variant could not be built"
  }
  echo "tsersync-rsyncd:$variant"
done
