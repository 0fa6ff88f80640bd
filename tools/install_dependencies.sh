#!/bin/sh
# Installs the Debian 12 packages that Phenix DB needs. Safe to run again: does nothing, and calls
# no apt, when everything is there.
#
#   tools/install_dependencies.sh [build] [test] [bench]     default: all three groups
#
# Needs root, or sudo. PHENIX_SKIP_INSTALL=1 only checks, and names what is missing.
set -eu

# What it takes to build the `phenix` command, and the data that `./dev run` loads.
build_packages="
clang-19 lld-19 llvm-19 libclang-rt-19-dev cmake ninja-build ccache mold pkg-config git
ca-certificates python3 curl openssl
librocksdb-dev libsimdjson-dev libicu-dev nlohmann-json3-dev libssl-dev libzstd-dev libre2-dev libroaring-dev
libcli11-dev libboost1.81-dev libboost-json1.81-dev libcurl4-openssl-dev libyaml-cpp-dev
libspdlog-dev prometheus-cpp-dev
wordnet-base"

# What the tests, the second compiler and the checks of style need.
test_packages="
g++ clang-tidy-19 clang-format-19 libgtest-dev libgmock-dev libsqlite3-dev libhnswlib-dev
libeigen3-dev postgresql-15 libpq-dev"

# What the benchmarks compare with, and measure on.
bench_packages="
libbenchmark-dev libhnswlib-dev libsqlite3-dev libeigen3-dev dataset-fashion-mnist"

say() { printf '%s\n' "install: $*" >&2; }

packages_of() {
  case "$1" in
    build) echo "$build_packages" ;;
    test) echo "$test_packages" ;;
    bench) echo "$bench_packages" ;;
    *) say "unknown group '$1' (build, test, bench)"; exit 2 ;;
  esac
}

# Prints those of the given packages that are not installed.
missing_of() {
  for package in "$@"; do
    # Virtual states such as "deinstall ok config-files" do not count.
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || printf '%s ' "$package"
  done
}

[ $# -gt 0 ] || set -- build test bench
wanted=""
for group in "$@"; do
  wanted="$wanted $(packages_of "$group")"
done

if ! command -v dpkg-query >/dev/null 2>&1; then
  say "this is no Debian; install what corresponds to:" $wanted
  exit 1
fi

# A stamp of the package list makes the usual case one comparison; dpkg's own state file being
# newer than the stamp means that something was installed or removed since.
stamp_folder="$(dirname "$0")/../build"
stamp="$stamp_folder/.dependencies.$(printf '%s' "$wanted" | cksum | tr ' ' '-')"
if [ -e "$stamp" ] && [ ! /var/lib/dpkg/status -nt "$stamp" ]; then
  exit 0
fi

missing=$(missing_of $wanted)
if [ -n "$missing" ]; then
  if [ "${PHENIX_SKIP_INSTALL:-0}" = 1 ]; then
    say "missing: $missing"
    exit 1
  fi
  as_root=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || { say "needs root or sudo to install: $missing"; exit 1; }
    as_root="sudo"
  fi
  say "$(printf '%s' "$missing" | wc -w) packages to install (about 2 GB with all groups): $missing"
  export DEBIAN_FRONTEND=noninteractive
  apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=500 -o Acquire::Retries=3"
  $apt update -q >&2 || say "apt-get update failed; trying with the lists at hand"
  # postgresql-15 would otherwise start a server that nobody asked for.
  $as_root mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  $apt install -y -q --no-install-recommends $missing >&2
  missing=$(missing_of $wanted)
  [ -z "$missing" ] || { say "still missing: $missing"; exit 1; }
fi
mkdir -p "$stamp_folder"
touch "$stamp"
say "all packages are installed ($*)"
