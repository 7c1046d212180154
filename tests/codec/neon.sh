#!/usr/bin/env bash
# The kernels with NEON give what the scalar ones do: the codec's tests built for AArch64 and run in an emulator.
# Skipped where the cross compiler or the emulator is missing, and on AArch64, whose own tests are these.
set -uo pipefail
cc=aarch64-linux-gnu-gcc
qemu=$(command -v qemu-aarch64 || command -v qemu-aarch64-static)
if [ "$(uname -m)" = aarch64 ] || ! command -v $cc >/dev/null || [ -z "$qemu" ]; then
    echo "no $cc or no qemu-aarch64, or this is an AArch64: NEON is not emulated"
    exit 77
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/oir-neon.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$OIR_SOURCE_DIR" || exit 1

# What needs no library but those of C. The linker takes what a test uses.
mapfile -t sources < <(grep -L '<zlib.h>' common/codec/*.c common/base/*.c)
flags="-std=c11 -O2 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -ffp-contract=off -D_DEFAULT_SOURCE
    -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -ffunction-sections -Icommon/include -Icommon -I. -Itests"
for source in "${sources[@]}"; do
    # shellcheck disable=SC2086 # lists of words
    $cc $flags -c "$source" -o "$work/$(basename "$source" .c).o" || exit 1
done
aarch64-linux-gnu-ar rc "$work/oir.a" "$work"/*.o || exit 1

failed=0
for test in test_isa test_bitpack test_positions test_kernels test_kernels_damaged; do
    # shellcheck disable=SC2086
    $cc $flags -static "tests/codec/$test.c" "$work/oir.a" -lm -o "$work/$test" || exit 1
    echo "== $test"
    effort=20
    [ $test = test_kernels ] && effort=100 # what is compared with the scalar kernels is here alone
    OIR_EFFORT=${OIR_EFFORT:-$effort} OIR_ISA='' "$qemu" "$work/$test" | tee "$work/log" || failed=1
done
grep -q neon "$work/log" || failed=1 # the last one says what it tested
exit $failed
