#!/usr/bin/env bash
# Installs into a new folder, moves it, and builds a program and examples/search.c against it in the four ways there
# are: pkg-config and find_package, shared and static. Then runs them; the example searches corpus/.
#     embed.sh CC GENERATOR  with OIR_SOURCE_DIR, OIR_BUILD_DIR and OIR_BIN_DIR in the environment
set -eu
cc=$1
generator=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
example=$OIR_SOURCE_DIR/examples/search.c
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$OIR_BUILD_DIR" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/moved"
pc=$(find "$work/moved" -name oir.pc)
lib=$(cd "$(dirname "$pc")/.." && pwd)
export PKG_CONFIG_PATH=$lib/pkgconfig

# What the headers tell to read is there.
for document in $(grep -rhoE 'docs/[a-z]+\.md' "$work/moved/include"); do
    find "$work/moved" -path "*/doc/*/$(basename "$document")" | grep -q . ||
        { echo "a header names $document, which is not installed"; exit 1; }
done

if command -v pkg-config >/dev/null; then
    for source in "$here/embed_consumer.c" "$example"; do
        [ -f "$source" ] || continue
        name=$(basename "$source" .c)
        # shellcheck disable=SC2046 # lists of options
        "$cc" -std=c11 -Wall -Wextra -Werror "$source" -o "$work/${name}_shared" $(pkg-config --cflags --libs oir) \
            -Wl,-rpath,"$lib"
        # As on a machine that has only the static library.
        # shellcheck disable=SC2046
        "$cc" -std=c11 "$source" -o "$work/${name}_static" $(pkg-config --cflags oir) \
            $(pkg-config --static --libs oir | sed "s|-loir|$lib/liboir.a|")
    done
else
    echo "pkg-config is missing: only find_package is tried"
fi

cmake -S "$here/project" -B "$work/build" -G "$generator" -DCMAKE_C_COMPILER="$cc" \
    -DCMAKE_PREFIX_PATH="$work/moved" -DOIR_EXAMPLE="$example" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
cmake --build "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }

ran=0
for program in "$work"/embed_consumer_* "$work"/build/consumer_*; do
    [ -x "$program" ] || continue
    "$program"
    ran=$((ran + 1))
done

if [ -f "$example" ]; then
    "$OIR_BIN_DIR/oir-index" --index "$work/index" "$OIR_SOURCE_DIR"/corpus/*.txt >/dev/null
    for program in "$work"/search_* "$work"/build/example_*; do
        [ -x "$program" ] || continue
        "$program" "$work/index" "combat mission" >"$work/found"
        grep -qi combat "$work/found" || { echo "$(basename "$program") found nothing:"; cat "$work/found"; exit 1; }
        ran=$((ran + 1))
    done
fi
echo "$ran programs built against the installed tree and run"
