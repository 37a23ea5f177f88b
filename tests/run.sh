#!/bin/sh
# Run the tests that drive a browser or the real server beside all others, each on a core: half the time.
# $1 is the Python to use.
set -u
KBLOG_CHROMIUM=$(sh tests/chromium.sh) || exit 1
export KBLOG_CHROMIUM
browser=""
log=$(mktemp)
trap '[ -z "$browser" ] || kill "$browser" 2>/dev/null; rm -f "$log"' EXIT
trap 'exit 130' INT TERM
"$1" -m pytest -q -m "browser or server" >"$log" 2>&1 &
browser=$!
echo "Running; what the browser and the server show comes after the others."
"$1" -m pytest -q -m "not browser and not server"
others=$?
wait "$browser"
in_browser=$?
browser=""
cat "$log"
[ "$others" = 0 ] && [ "$in_browser" = 0 ]
