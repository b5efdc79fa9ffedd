#!/bin/sh
# Runs every scorer that has a command yet on a folder of real files with expected answers, and prints what it says.
set -u
data=${1:?which folder holds the files?}
[ -d "$data" ] || { echo "there is no folder $data"; exit 2; }
python=.venv/bin/python
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failed=0

score_import() {  # score_import FOLDER OPTIONS…: the readers on one folder, with the least they must reach
    folder=$1
    shift
    echo "== import/$folder"
    "$python" "$data/score_import.py" "$@" "$data/import/$folder" -- "$python" manage.py read --json || failed=1
}

score_import seeds --min-counts 100 --min-fields 100 --max-invented 0
score_import dumps --min-counts 100 --min-fields 99 --max-invented 0
echo "== import/seeds, through the pipeline"
"$python" tools/conformance_works.py "$data/import/seeds" || failed=1
echo "== import/corpus"
"$python" "$data/score_import.py" --misses 0 --min-counts 99.3 --min-fields-independent 98 --min-fields-agreeing 99.9 \
    --max-invented 0 "$data/import/corpus" \
    -- "$python" manage.py read --json || failed=1
echo "== import/corpus, there and back"
"$python" tools/conformance_round_trips.py "$data/import/corpus" || failed=1
echo "== import, formats without file names"
"$python" tools/conformance_formats.py "$data" || failed=1
echo "== hostile files, uploaded to the running site"
"$python" tools/conformance_hostile.py "$data" || failed=1
echo "== dedup, points fitted on all sets but the one that they judge"
"$python" -m bench.fit_dedup "$data/dedup" --most-wrong 0 || failed=1
echo "== dedup, every pair of the small hard tables"
"$python" tools/conformance_pairs.py "$data"/dedup/edge_cases.csv "$data"/dedup/hard_*.csv || failed=1
for table in "$data"/dedup/*.csv; do
    name=$(basename "$table" .csv)
    echo "== dedup/$name"
    "$python" manage.py dedupe "$table" --out "$out/$name.csv" --maybe "$out/$name.maybe.csv" || failed=1
    "$python" "$data/score_dedup.py" "$table" "$out/$name.csv" --maybe "$out/$name.maybe.csv" || failed=1
done
echo "== trust, agreement"
"$python" tools/conformance_agreement.py "$data/trust" > "$out/agreement.txt" || failed=1
grep -E "^  (!|~) " "$out/agreement.txt"
tail -n 1 "$out/agreement.txt"
exit $failed
