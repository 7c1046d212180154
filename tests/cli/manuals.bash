#!/usr/bin/env bash
# The man pages name every option that --help names and no other, and are good roff where man can tell.
set -u
failed=0
for program in oir-index oir-search oir-inspect; do
    page=$OIR_SOURCE_DIR/docs/man/$program.1
    options() { grep -oE -e '--[a-z][a-z-]+' | sort -u; }
    diff <("$OIR_BIN_DIR/$program" --help | options) <(sed 's/\\-/-/g' "$page" | options) ||
        { echo "$program: --help and the man page differ"; failed=1; }
    if command -v groff >/dev/null; then
        complaints=$(groff -man -ww -z -Tutf8 "$page" 2>&1)
        [ -z "$complaints" ] || { echo "$complaints"; failed=1; }
    fi
done
[ $failed -eq 0 ] && echo "3 man pages are good"
exit $failed
