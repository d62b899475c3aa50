#!/bin/sh
# What root runs to see how the tests go for an ordinary user: the suites with a real rsync, and with them all commands of
# the README, in a copy of the last commit that belongs to user 65534. Arguments go to vitest.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
user=65534

. "$root/scripts/node-env.sh"
[ "$(id -u)" = 0 ] || die 'only root can become somebody else; an ordinary user runs npm test'
use_node
use_packages

home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
trap 'exit 130' INT TERM
mkdir "$home/tmp" "$home/clone"
git -C "$root" archive HEAD | tar -x -C "$home/clone"
cp -R "$root/node_modules" "$home/clone/"
[ ! -d "$root/.node/runtime" ] || { mkdir "$home/clone/.node" && cp -R "$root/.node/runtime" "$home/clone/.node/"; }
# A report goes where the caller can find it.
report=${TSERSYNC_TEST_REPORT:+$home/tmp/report.json}
chown -R "$user:$user" "$home"

cd "$home/clone"
status=0
setpriv --reuid="$user" --regid="$user" --clear-groups \
  env -i PATH="$PATH" LANG="${LANG:-C.UTF-8}" CI="${CI:-}" HOME="$home" TMPDIR="$home/tmp" \
  TSERSYNC_TEST_REPORT="$report" sh scripts/with-node.sh vitest run --project rsync --project server "$@" || status=$?
[ -z "$report" ] || [ ! -f "$report" ] || cp "$report" "$TSERSYNC_TEST_REPORT"
left=$(find "$home/tmp" -mindepth 1 -maxdepth 1 -name 'tsersync-*')
[ -z "$left" ] || die "the tests have left behind: $left"
exit "$status"
