#!/bin/sh
# Runs a command of the project's packages with a Node.js that is new enough: with-node.sh vitest run
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

. "$root/scripts/node-env.sh"
use_node
use_packages
enter_node_env
exec "$@"
