#!/usr/bin/env bash
# oir-bench builds, answers and keeps to its protocol; what it measures is not looked at.
set -eu
work=$(mktemp -d "${TMPDIR:-/tmp}/oir-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
bench=$OIR_BIN_DIR/oir-bench

for i in $(seq 1 3000); do
    printf '{"id": "%d", "text": "a b a c%d b"}\n{"id": "x%d", "text": "b a d"}\n' "$i" $((i % 7)) "$i"
done >corpus.jsonl
printf 'COUNT\t%s\n' a '"a b"' '"b a"' '+a +c3' '"a b" -c3' >lines
printf 'TOP_10\ta\nTOP_7000\td\nTOP_5_COUNT\td a\nTOP_0\ta\nNONE\ta\n' >>lines
printf '%s\n' 6000 3000 6000 429 2571 10 3000 6000 UNSUPPORTED UNSUPPORTED >expected

for options in "" "--threads 2 --memory 4M" "--threads 2 --commit 700" "--commit end" --no-pairs; do
    # shellcheck disable=SC2086
    "$bench" index $options index.oir <corpus.jsonl 2>log
    grep -q '^6000 documents' log
    "$bench" query index.oir <lines >got
    diff expected got
    case $options in
        *--commit*700) ends=committing pairs=any ;; # it follows from which were merged
        *--commit*) ends=committing pairs=no ;;
        --no-pairs) ends=optimising pairs=no ;;
        *) ends=optimising pairs=yes ;;
    esac
    grep -q "of them $ends" log
    test $pairs = any || test "$(grep -q ' pairs ' log && echo yes || echo no)" = $pairs
done
for options in "" "--threads 2"; do
    # shellcheck disable=SC2086
    ! printf '%s\n' '{"text": "a"}' '' '{"text": "b"}' '{"id": 1}' | "$bench" index $options wrong.oir 2>message || exit 1
    grep -qx 'oir-bench: line 4 of the input has no "text": "..."' message
done
printf '{"id": "%d", "title": "Caf\\u00e9s \\ud83d\\ude00", "body": "Running\\n\\"home\\""}\n' 1 2 >docs.jsonl
"$bench" index full.oir --full --json <docs.jsonl >got
# Two documents of 25 bytes; Scafés, cafés, running, home, and the stem of each.
grep -q '^{"documents": 2, "text": 50, .*"stages": {"read": .*"terms": 8, "postings": 16, .*}}\]}$' got
"$bench" query full.oir <<<"COUNT	+cafés +running" | grep -qx 2
"$bench" query full.oir <<<"COUNT	\"running home\"" | grep -qx 2
# Long lines, which are mapped, and put into a file before where they come from a pipe, and looked at in pieces.
{ cat docs.jsonl
  for id in 3 4; do
      printf '{"id": "%d", "title": "Long", "body": "' "$id"
      seq 150000 | sed 's/.*/word& caf\\u00e9 \\n\\"q\\"/' | tr '\n' ' '
      printf '\\ud83d\\ude00"}\n'
  done
  cat docs.jsonl; } >long.jsonl
text=$(python3 -c 'import json, sys; lines = map(json.loads, sys.stdin); print(sum(len((d["title"] + d["body"]).encode()) for d in lines))' <long.jsonl)
"$bench" index file.oir --full --json <long.jsonl >got
grep -q "^{\"documents\": 6, \"text\": $text, " got
for options in "" "--threads 2" "--threads 2 --memory 64M"; do
    # shellcheck disable=SC2086
    cat long.jsonl | "$bench" index pipe.oir --full --json $options >got
    grep -q "^{\"documents\": 6, \"text\": $text, " got
    cmp file.oir/segment-* pipe.oir/segment-*
done
"$bench" query file.oir <<<"COUNT	\"word149999 café q word150000 café\"" | grep -qx 2
"$OIR_BIN_DIR/oir-inspect" --index file.oir doc 4 -n 0 >got
[ "$(grep -o 'word[0-9]* café' got | wc -l)" = 150000 ]
! cat long.jsonl | TMPDIR=$work/none "$bench" index pipe.oir --full 2>message || exit 1
grep -q '^oir-bench: cannot put a long line into a temporary file (TMPDIR names another folder for it): No such file' message
# Without a blank a piece ends before an escape or a character that it would cut.
for shift in 0 1 3 7; do
    python3 -c '
import json, sys
for unit, ascii in ("\\", True), ("\U0001f600", True), ("\u6771", False):
    print(json.dumps({"id": "1", "title": "", "body": "-" * int(sys.argv[1]) + 600000 * unit}, ensure_ascii=ascii))
    ' $shift >unbroken.jsonl
    "$bench" index unbroken.oir --full --json <unbroken.jsonl >got
    grep -q "^{\"documents\": 3, \"text\": $((3 * shift + 600000 * 8)), " got
    "$OIR_BIN_DIR/oir-inspect" --index unbroken.oir term $'\346\235\261' | grep -q 'occurrences 600000$'
done
"$bench" query index.oir --counters <lines 2>&1 >/dev/null | grep -q '^phrase '
"$bench" index other.oir --commit 100 <corpus.jsonl 2>log
grep -q '^segment 2: ' log
"$bench" query other.oir --threads 2 <lines >got
diff expected got
"$bench" query index.oir other.oir <<<"COUNT	\"a b\"" | grep -qx 6000
"$bench" open index.oir other.oir --line 'COUNT	a' >got
grep -q '^open and first answer .* ms, median' got
"$bench" throughput index.oir --threads 2 --seconds 1 <lines | grep -qE '^2 threads: [1-9][0-9]* queries a second'
cp -r index.oir more.oir
"$bench" commit more.oir --documents 100 <corpus.jsonl >got
grep -qE '^60 commits of 100 documents into 6000: median [0-9.]+ ms, 99th percentile [0-9.]+, slowest [0-9.]+$' got
"$bench" query more.oir <<<"COUNT	\"a b\"" | grep -qx 6000
# Two positions in documents of two places take no bits, however many are merged.
seq 80000 | sed 's/.*/{"id": "&", "text": "a a"}/' | "$bench" index twos.oir --commit 8000 2>log
"$bench" query twos.oir <<<'COUNT	"a a"' | grep -qx 80000
"$bench" times index.oir --rounds 2 <lines >times
[ "$(cut -f2 times)" = "$("$bench" query index.oir <lines)" ]
if grep -vE '^([0-9]+\.[0-9]{2}|-)'$'\t' times; then exit 1; fi
for wrong in "times" "times index.oir --rounds 0" "throughput index.oir --threads 0" "throughput" "index" "commit" "commit index.oir --documents 0" "commit no.oir" "open" "index x --commit 0" "index x --commit e" "index x --commit 5x" "index x --commit -1" "query index.oir --threads 0" "query no.oir" "nothing"; do
    # shellcheck disable=SC2086
    ! "$bench" $wrong <lines >/dev/null 2>message || exit 1
    grep -q '^oir-bench: ' message
done
