#!/bin/sh
# Everything that `npm test` stands for: types, lint, then the suites: unit, property and real-server tests. Arguments
# go to vitest.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

. "$root/scripts/node-env.sh"
use_node
use_packages
enter_node_env

if ! command -v rsync >/dev/null && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  say 'installing rsync, which the tests talk to'
  { apt-get update && apt-get install --yes --no-install-recommends rsync; } >/dev/null
fi

cd "$root"
tsc --noEmit
biome check --error-on-warnings .
exec vitest run "$@"
