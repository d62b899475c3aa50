#!/bin/sh
# Runs the real-server suite once against each image of docker-images.sh. Usage: test-docker.sh [VARIANT...]
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

. "$root/scripts/node-env.sh"
use_node
use_packages
enter_node_env
docker version >/dev/null || die 'no Docker engine answers'

cd "$root"
images=$(sh scripts/docker-images.sh "$@")
report=${TSERSYNC_TEST_REPORT:-}
failed=
for image in $images; do
  say "testing against $image"
  TSERSYNC_RSYNCD=docker TSERSYNC_RSYNCD_IMAGE=$image \
    TSERSYNC_TEST_REPORT=${report:+${report%.json}-${image#*:}.json} \
    vitest run --project server || failed="$failed $image"
done
[ -z "$failed" ] || die "failed against$failed"
