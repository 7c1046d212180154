#!/usr/bin/env bash
# cli.bash NAME [VALGRIND OPTION...]: runs NAME.sh in an empty folder and compares what it prints with NAME.expected.
# With the command of valgrind, each program runs under it.
set -u
name=$1
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/oir-cli.XXXXXX")
trap 'chmod -R u+rwx "$work" 2>/dev/null; rm -rf "$work"' EXIT
chmod 755 "$work"

unset OIR_INDEX NO_COLOR COLUMNS
export TERM=xterm LC_ALL=C TZ=UTC
export PATH=$OIR_BIN_DIR:$PATH
export CORPUS=$OIR_SOURCE_DIR/corpus
export CLI=$here

# What valgrind has to say goes where no script looks for what the program says. Some scripts become nobody.
if [ $# -gt 0 ]; then
    mkdir -p "$work/programs" "$work/valgrind"
    chmod 1777 "$work/valgrind"
    for program in "$OIR_BIN_DIR"/oir-{index,search,inspect}; do
        printf '#!/bin/sh\nexec %s --log-file=%s/%%p %s "$@"\n' "$*" "$work/valgrind" "$program" \
            >"$work/programs/${program##*/}"
    done
    chmod 755 "$work"/programs/*
    export PATH=$work/programs:$PATH
fi

# What differs from run to run and from machine to machine.
mask() {
    sed -E -e "s|$work/folder|WORK|g" \
        -e 's/ in [0-9.]+ s \([0-9.]+ MB\/s\)/ in TIME/' \
        -e 's/\([0-9.]+ ms\)/(TIME)/' \
        -e 's/(documents?, )[0-9.]+ ([KMG]B|bytes) in /\1SIZE in /' \
        -e 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/UUID/' \
        -e 's/process [0-9]+/process PID/' -e "s/on host [^ ]+/on host HOST/"
}

mkdir "$work/folder"
cd "$work/folder" || exit 1
bash "$here/$name.sh" >"$work/raw" 2>&1 </dev/null
code=$?
mask <"$work/raw" >"$work/printed"
[ $code -eq 77 ] && { cat "$work/printed"; exit 77; }
[ $code -eq 0 ] || echo "$name.sh ended with $code" >>"$work/printed"
[ -n "${OIR_CLI_UPDATE-}" ] && cp "$work/printed" "$here/$name.expected"
diff -u "$here/$name.expected" "$work/printed" || exit 1
if [ $# -gt 0 ]; then
    cat "$work"/valgrind/* | tee "$work/findings"
    [ -s "$work/findings" ] && exit 1
    echo "$name: $(ls "$work/valgrind" | wc -l) programs without a finding"
fi
echo "$name: as expected"
