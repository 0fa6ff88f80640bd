#!/bin/sh
# Installs a build directory somewhere else, builds the first program against it, and runs it.
#
#   check_installed.sh BUILD_DIRECTORY
set -eu
build=$1
source=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")

cmake --install "$build" --prefix "$scratch/installed" >/dev/null
cmake -S "$source" -B "$scratch/build" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_PREFIX_PATH="$scratch/installed" >/dev/null
cmake --build "$scratch/build" >/dev/null
"$scratch/build/first_program" "$scratch/database" >"$scratch/printed"
printf '%s\n' 'wrote 2 entities in one commit' 'entity1 {"title":"One","category":"tech"}' |
  diff - "$scratch/printed"
echo "[ covered  ] installed, found by find_package, built, ran, answered"
