#!/bin/sh
# Fetches what the pages carry from other projects (htmx, two typefaces) and what their tests use (axe-core), and checks
# every file against tools/vendor.sha384. Without arguments it only checks; `tools/vendor.sh fetch` packs and copies again;
# `tools/vendor.sh fetch FOLDER` takes packages that were packed into FOLDER before.
set -eu
cd "$(dirname "$0")/.."
LIST=tools/vendor.sha384

unpack() {  # unpack NAME VERSION ARCHIVE: makes $work/NAME from the archive, packed now unless it is there
    [ -f "$packed/$3" ] || (cd "$packed" && npm pack --silent "$1@$2" >/dev/null)
    mkdir -p "$work/$3" && tar -xzf "$packed/$3" -C "$work/$3"
    from="$work/$3/package"
}

fonts() {  # fonts FAMILY STYLE SUBSET...: copies the weight axis of each subset
    family=$1 style=$2
    shift 2
    for subset in "$@"; do cp "$from/files/$family-$subset-wght-$style.woff2" static/fonts/; done
}

fetch() {
    work=$(mktemp -d)
    packed=${1:-$work}
    trap 'rm -rf "$work"' EXIT
    unpack htmx.org 4.0.1 htmx.org-4.0.1.tgz
    mkdir -p static/vendor/htmx-4.0.1 static/fonts tests/vendor
    cp "$from/dist/htmx.min.js" "$from/LICENSE" static/vendor/htmx-4.0.1/
    unpack @fontsource-variable/inter 5.3.0 fontsource-variable-inter-5.3.0.tgz
    fonts inter normal latin latin-ext cyrillic cyrillic-ext greek greek-ext vietnamese
    fonts inter italic latin latin-ext
    cp "$from/LICENSE" static/fonts/LICENSE-inter.txt
    unpack @fontsource-variable/source-serif-4 5.3.1 fontsource-variable-source-serif-4-5.3.1.tgz
    fonts source-serif-4 normal latin latin-ext cyrillic cyrillic-ext greek vietnamese
    fonts source-serif-4 italic latin latin-ext
    cp "$from/LICENSE" static/fonts/LICENSE-source-serif-4.txt
    unpack axe-core 4.14.1 axe-core-4.14.1.tgz
    cp "$from/axe.min.js" tests/vendor/axe.min.js
    cp "$from/LICENSE" tests/vendor/LICENSE-axe.txt
}

[ "${1:-}" = fetch ] && fetch "${2:-}"
if [ "${1:-}" = write ]; then  # after a wanted change of version: write the list anew, then read its diff
    find static/vendor static/fonts tests/vendor -type f ! -name VERSION | LC_ALL=C sort | xargs sha384sum > "$LIST"
fi
sha384sum --check --quiet --strict "$LIST" && echo "$(wc -l < "$LIST") vendored files are as they came."
