#!/usr/bin/env bash
# readme.bash CC: the program in README.md compiles without a warning, and the output shown there is what is printed.
set -eu
readme=$OIR_SOURCE_DIR/README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n '/^```c$/,/^```$/p' "$readme" | grep -v '^```' >"$work/notes.c"
"$1" -std=c11 -Wall -Wextra -Werror -fsyntax-only -I "$OIR_SOURCE_DIR/common/include" "$work/notes.c"

unset COLUMNS
cp -r "$OIR_SOURCE_DIR/corpus" "$work/corpus"
cd "$work"
"$OIR_BIN_DIR/oir-index" -q corpus/*.txt
sed -n '/^    \$ \.\/demo/,/^    \.\.\.$/p' "$readme" | sed -e '1d' -e '$d' -e 's/^    //' >shown
"$OIR_BIN_DIR/oir-search" combat mission 2>/dev/null | head -n "$(wc -l <shown)" | diff shown -
echo "README.md shows what is so"
