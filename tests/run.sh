#!/bin/sh
# Run the tests in two halves, each on a core: both go on with what the other has not begun, until all is done.
# $1 is the Python to use, $2 what it runs pytest under (coverage). pytest would look for its settings beside the folder,
# unless it is told where they are.
set -u
KBLOG_CHROMIUM=$(sh tests/chromium.sh) || exit 1
export KBLOG_CHROMIUM
unset PYTHONDONTWRITEBYTECODE  # the programs that tests start would compile the whole site, each for itself
other=""
shared=$(mktemp -d)
trap '[ -z "$other" ] || kill "$other" 2>/dev/null; rm -rf "$shared"' EXIT
trap 'exit 130' INT TERM
mkdir "$shared/claims"
"$1" ${2:-} -m pytest -q -c pyproject.toml -p tests.halves --shared="$shared/claims" --from-the-end >"$shared/log" 2>&1 &
other=$!
echo "Running; what the other half shows comes after this one."
"$1" ${2:-} -m pytest -q -c pyproject.toml -p tests.halves --shared="$shared/claims"
here=$?
wait "$other"
there=$?
other=""
cat "$shared/log"
[ "$here" = 0 ] && [ "$there" = 0 ]
