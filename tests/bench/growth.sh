#!/usr/bin/env bash
# macro/growth builds, asks and writes its tables; the times in them are not looked at.
set -eu
work=$(mktemp -d "${TMPDIR:-/tmp}/oir-growth.XXXXXX")
trap 'rm -rf "$work"' EXIT
growth() {
    python3 -B "$OIR_SOURCE_DIR/bench/macro/growth" "$work/index" --programs "$OIR_BIN_DIR" --to "$work/results" \
        --queries 4 --rounds 1 --sizes "$1" 2>&1
}

growth 1e3,5000 | grep -c indexing | grep -qx 2
grep -qE '^\| 10\^3 \| ' "$work/results/README.md"
grep -qE '^## Committing$' "$work/results/README.md"
python3 -c 'import json, sys; assert json.load(open(sys.argv[1]))["sizes"]["5000"]["commits"]["median"] > 0' \
    "$work/results/growth.json"
for class in term intersection union phrase negated mixed; do
    grep -qE "^\\| $class \\| 5000 \\| .* of 2\\.0 \\| " "$work/results/README.md"
done
python3 -c 'import json, sys; assert len(json.load(open(sys.argv[1]))["sizes"]["5000"]["commands"]) == 5' \
    "$work/results/growth.json"
! growth 5000 | grep indexing # is there
