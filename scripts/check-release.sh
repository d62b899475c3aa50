#!/bin/sh
# Whether a tag may be released: it is the version of the package, and the changelog has a section for it.
#   sh scripts/check-release.sh v0.2.0
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
tag=${1:?usage: check-release.sh TAG}

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$root/package.json")
if [ "$tag" != "v$version" ]; then
  echo "check-release: the tag is $tag, but package.json has version $version: tag v$version, or change the version" >&2
  exit 1
fi
if ! grep -qF "## [$version]" "$root/CHANGELOG.md"; then
  echo "check-release: CHANGELOG.md has no section [$version]: give what is unreleased that heading" >&2
  exit 1
fi
echo "$tag can be released"
