#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# cmake/install-packages.sh with stand-ins for dpkg-query, apt-get, id and sudo, which are all that is on its PATH:
# what it installs, through whom, and what it says where it may not.
set -eu
script=$(cd "$(dirname "$0")/../../cmake" && pwd)/install-packages.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$work/bin

fake() { # NAME, then the program's lines on stdin
  { echo "#!/bin/sh"; cat; } >"$bin/$1"
  chmod +x "$bin/$1"
}

# machine ID SUDO: user ID; SUDO is yes, no (it asks for a password) or none. Nothing is installed.
machine() {
  rm -rf "$bin" "$work/calls"
  mkdir "$bin"
  : >"$work/calls"
  ln -s "$(command -v env)" "$bin/env"
  echo "echo $1" | fake id
  echo "echo 'rc '; exit 1" | fake dpkg-query
  echo "echo \"\${AS:-user} apt-get \$*\" >>'$work/calls'" | fake apt-get
  case $2 in
    yes) echo '[ "$1" = -n ] && shift; [ "$1" = true ] || AS=sudo env "$@"' | fake sudo ;;
    no) echo 'exit 1' | fake sudo ;;
  esac
}

# run STATUS ARGUMENTS...: what it says goes to $work/said
run() {
  expected=$1
  shift
  status=0
  PATH=$bin /bin/sh "$script" "$@" >"$work/said" 2>&1 </dev/null || status=$?
  [ "$status" -eq "$expected" ] || fail "exit status $status instead of $expected"
}
fail() {
  echo "$case: $1"
  cat "$work/said" "$work/calls"
  exit 1
}
says() { grep -q -- "$1" "$work/said" || fail "it does not say: $1"; }
calls() { grep -qx -- "$1" "$work/calls" || fail "no such call: $1"; }
silent() { [ ! -s "$work/calls" ] || fail "it called apt-get"; }
all='install -y --no-install-recommends g++ cmake .*nlohmann-json3-dev.*'

case="everything is there"
machine 1000 none
echo "echo 'ii '" | fake dpkg-query
run 0 extra
says "All packages are installed."
silent

case="root"
machine 0 none
run 0 extra
calls "user apt-get update"
calls "user apt-get $all extra"

case="root, one package half installed, one on hold"
echo 'case $4 in cmake) echo "iU " ;; doctest-dev) echo "hi " ;; *) echo "ii " ;; esac' | fake dpkg-query
: >"$work/calls"
run 0
calls "user apt-get install -y --no-install-recommends cmake"

case="a user with sudo"
machine 1000 yes
run 0
calls "sudo apt-get update"
calls "sudo apt-get $all"

for sudo in no none; do
  case="a user, sudo: $sudo"
  machine 1000 $sudo
  run 1
  says "As root:"
  says "apt-get update && apt-get $all"
  silent
done

case="apt-get fails"
machine 0 none
echo "exit 100" | fake apt-get
run 100

case="no Debian"
machine 1000 none
rm "$bin/dpkg-query"
run 0 extra
says "This is no Debian; .*g++ cmake .* extra"
silent
echo "install-packages.sh does what it says"
