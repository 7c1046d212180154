#!/usr/bin/env bash
# macro/segments builds, asks and writes its table; the times in it are not looked at.
set -eu
work=$(mktemp -d "${TMPDIR:-/tmp}/oir-segments.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/data"
"$OIR_BIN_DIR/oir-synthetic" 3000 >"$work/data/few.jsonl"
"$OIR_BIN_DIR/oir-synthetic" 3000 --queries 4 >"$work/data/queries-few.txt"
segments() {
    python3 -B "$OIR_SOURCE_DIR/bench/macro/segments" "$work" --collections few --program "$OIR_BIN_DIR/oir-bench" \
        --to "$work/results" --turns 1 "$@" 2>&1
}

segments --segments 3 | grep -c indexes | grep -qx 4
table=$(echo "$work"/results/*-segments/README.md)
grep -q "^3,000 documents; $(wc -l <"$work/data/queries-few.txt") queries" "$table"
for command in TOP_10 TOP_100 TOP_1000 TOP_100_COUNT COUNT; do
    [ "$(grep -oE "^\\| $command .*" "$table" | grep -oE '[0-9.,]+ to [0-9.,]+: [0-9.]+ ' | wc -l)" = 7 ]
done
if grep -q 'counts differ' "$table"; then exit 1; fi
if segments --segments 3 | grep indexes; then exit 1; fi # they are there
if segments --segments 1 >"$work/refused"; then exit 1; fi
grep -q 'segments wants a number from 2' "$work/refused"
if segments --segments 3 --commands TOP_10,NONSENSE >"$work/refused"; then exit 1; fi
grep -q 'oir-bench does not know NONSENSE' "$work/refused"
