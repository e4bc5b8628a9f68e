#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Installs the Debian packages that the library, its tests, examples and benchmarks need, and those
# named as arguments; says what it does. Does nothing where they are all there.
set -eu
packages="g++ cmake ninja-build libeigen3-dev libxtensor-dev libxsimd-dev doctest-dev
libbenchmark-dev librandom123-dev libcli11-dev nlohmann-json3-dev libthrust-dev libtbb-dev
python3-numpy python3-dev pybind11-dev"

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "This is no Debian; the build needs what these packages hold:" $packages "$@"
  exit 0
fi

missing=
for package in $packages "$@"; do
  state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  case $state in
    ?i*) ;;  # installed, whatever is wanted of it
    *) missing="$missing $package" ;;
  esac
done
if [ -z "$missing" ]; then
  echo "All packages are installed."
  exit 0
fi

install="apt-get update && apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -eq 0 ]; then
  as_root=env
elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
  as_root=sudo
else
  echo "Packages are missing, and this user may not install them. As root:"
  echo "  $install"
  exit 1
fi
echo "Installing$missing"
$as_root apt-get update
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
