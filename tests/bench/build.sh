#!/usr/bin/env bash
# macro/build with oir alone, on made-up collections: everything is there, and the stages add up; the times are not
# looked at.
set -eu
work=$(mktemp -d "${TMPDIR:-/tmp}/oir-build.XXXXXX")
trap 'rm -rf "$work"' EXIT
python3 -B "$OIR_SOURCE_DIR/bench/macro/build" "$work" --programs "$OIR_BIN_DIR" --to "$work/to" --peers "" --rounds 2 \
    --variants oir,oir-pairs,oir-optimised,oir-64M --collections synthetic-2e3,reuters --reuters "$work/none.gz" \
    --growth 500,1e3 --growing oir 2>"$work/log" || { cat "$work/log"; exit 1; }
grep -q 'missing: reuters: there is no .*none.gz; name the file with --reuters' "$work/log"
to=$(echo "$work"/to/*-build)
for chart in speed size memory stages; do
    grep -q '</svg>' "$to/$chart.svg"
done
grep -q '^| oir-64M | oir-bench with sha256 .*, `--memory 64M` |' "$to/README.md"
grep -q '^| time of reordering to that of the build | synthetic-2000 |' "$to/README.md"
grep -q '^| oir | 10^3 |' "$to/README.md"
python3 - "$to/build.json" <<'END'
import json, sys
run = json.load(open(sys.argv[1], encoding="utf-8"))
made = run["collections"]["synthetic-2000"]
assert made["documents"] == 2000 and list(run["growth"]) == ["500", "1000"]
for builds in made["builds"].values():
    assert len(builds) == 2
    for build in builds:
        assert 0 < sum(build["stages"].values()) <= build["seconds"]
        assert sum(build["parts"].values()) <= build["index"] <= build["disk"] + 4096
        assert build["stages"]["invert"] > 0
END
