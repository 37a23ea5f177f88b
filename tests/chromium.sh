#!/bin/sh
# Print the path of a Chromium for the browser tests; get Debian's where we may.
set -u
for name in "${KBLOG_CHROMIUM:-}" chromium google-chrome google-chrome-stable chromium-browser; do
  [ -n "$name" ] && found=$(command -v "$name") && break
done
# without a Korean font Hangul is drawn as boxes and the layout tests measure the wrong thing
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  want=""
  [ -n "${found:-}" ] || want="chromium"
  [ -n "$(fc-list :lang=ko 2>/dev/null | head -n 1)" ] || want="$want fonts-noto-cjk"
  if [ -n "$want" ]; then
    echo "make test: getting $want by apt-get" >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $want; } >/dev/null 2>&1 \
      || echo "make test: apt-get could not install $want" >&2
    [ -n "${found:-}" ] || found=$(command -v chromium)
  fi
fi
if [ -z "${found:-}" ]; then
  echo "The browser tests need Chromium: install Debian's packages chromium and fonts-noto-cjk, or name a Chrome with KBLOG_CHROMIUM=/path/to/chrome." >&2
  exit 1
fi
echo "$found"
