#!/bin/sh
# Builds dist, whether or not it looks fresh. What ./tsersync builds for itself comes from the same function.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

. "$root/scripts/node-env.sh"
use_node
use_packages
rm -f "$root/.node/built"
use_build
