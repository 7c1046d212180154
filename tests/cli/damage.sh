# A damaged index is found out, and never more than an error.
. "$CLI/run.bash"
cp -r "$CORPUS" corpus
run oir-index -q corpus
cp -r .oir whole
segment=$(ls -S .oir | head -n 1)
size=$(stat -c %s ".oir/$segment")
found=0
crashed=0
for ((i = 0; i < 40; i++)); do
    offset=$(((i * 7919 + 13) * 104729 % size))
    cp "whole/$segment" ".oir/$segment"
    printf "\\$(printf %o $(((i * 37 + 1) % 256)))" | dd of=".oir/$segment" bs=1 seek=$offset conv=notrunc status=none
    cmp -s "whole/$segment" ".oir/$segment" && continue
    for command in "oir-inspect check" "oir-search combat mission" "oir-inspect stats" "oir-inspect terms"; do
        $command >printed 2>&1
        code=$?
        [ $code -le 2 ] || { crashed=$((crashed + 1)); echo "$command, byte $offset: $code"; cat printed; }
        [ "$command" = "oir-inspect check" ] && [ $code -ne 0 ] && found=$((found + 1))
    done
done
echo "crashed: $crashed; found some: $([ $found -gt 10 ] && echo yes || echo "$found")"
cp "whole/$segment" ".oir/$segment"
run oir-inspect check
truncate -s 5000 ".oir/$segment"
oir-inspect check >printed 2>&1
echo "[$?] $(grep -c "$segment" printed)"
tail -n 1 printed
oir-search combat >printed 2>&1
echo "[$?] $(grep -c "$segment" printed)"
