#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Installs what is missing, builds one lesson of the course in build/ and runs it: topology, unless
# the first argument names another by its number or its name. Results and pictures go to
# results/LESSON. The other arguments go to the lesson:
#   sh examples/run.sh --brief
#   sh examples/run.sh 5
#   sh examples/run.sh oscillator --output elsewhere
set -eu
cd "$(dirname "$0")/.."

lesson=topology
case ${1:-} in
  -* | '') ;;
  *)
    lesson=$1
    shift ;;
esac
found=
for source in examples/[0-9][0-9]_*.cpp; do
  program=$(basename "$source" .cpp)
  number=${program%%_*} name=${program#*_}
  case $lesson in "$name" | "$program" | "$number" | "${number#0}") found=$program ;; esac
done
if [ -z "$found" ]; then
  echo "run.sh: there is no lesson $lesson; there are:" >&2
  (cd examples && ls [0-9][0-9]_*.cpp | sed 's/\.cpp$//') >&2
  exit 2
fi

folder=results/$found
previous=
for argument in "$@"; do
  case $previous in --output) folder=$argument ;; esac
  previous=$argument
done

sh cmake/configure.sh python3-numpy python3-matplotlib
echo "Building the lesson $found: about a minute"
cmake --build build --target "example_${found#*_}"
status=0
"build/examples/$found" "$@" || status=$?

python=/usr/bin/python3  # Debian's, which has Debian's packages
if [ ! -x "$python" ]; then python=python3; fi
"$python" examples/plot.py "$folder" ||
  echo "No pictures: $python has failed; it needs numpy and matplotlib."
exit "$status"
