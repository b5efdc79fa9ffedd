#!/bin/sh
# Finds Chromium for the tests that drive a browser; installs Debian's where apt and root allow; otherwise says what to do.
set -u
[ "${SKIP_BROWSER:-}" = 1 ] && { echo "SKIP_BROWSER=1: the tests in a real browser are left out." >&2; exit 0; }
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests …" >&2
    apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1
    command -v chromium >/dev/null && exit 0
fi
echo "The tests need Chromium. On Debian: apt-get install chromium. To leave them out: SKIP_BROWSER=1 make test" >&2
exit 3
