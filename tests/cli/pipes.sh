# Readers that go away, disks that are full.
. "$CLI/run.bash"
for ((i = 0; i < 3000; i++)); do
    echo "{\"id\":\"document-$i\",\"text\":\"a word and enough other text to fill a pipe with the results $i\"}"
done | oir-index -q -
oir-search -n 3000 word 2>errors | head -n 1
echo "search: ${PIPESTATUS[0]}, and $(wc -c <errors) bytes of errors"
(trap '' PIPE; oir-search -l -n 3000 word 2>errors; echo "search: $?" >code) | head -n 1
cat code errors
oir-search -l word >/dev/full
echo "[$?]"
oir-index -q --help >/dev/full
echo "[$?]"
# More than a buffer, and a stream that is not there.
for options in '' '-n 3000' '--json -n 3000' '-c' '--explain -l'; do
    oir-search $options word >/dev/full 2>errors
    echo "[$?] $(tail -n 1 errors)"
done
oir-inspect terms >/dev/full
echo "[$?]"
oir-search -l word >&-
echo "[$?]"
# A limit to the size of files is said to be one, and the index stays as it was.
for ((i = 0; i < 5000; i++)); do
    echo "{\"id\":\"large-$i\",\"text\":\"a word that is not alone, number $i, which no other has: $RANDOM\"}"
done >large.jsonl
(ulimit -f 64; oir-index -q large.jsonl; echo "[$?]") 2>&1 | sed -E 's,segment-[0-9]+,SEGMENT,'
run oir-search -c word
run oir-inspect check
# No file of the index takes the place of a stream that is closed: messages would be written into it.
echo 'no JSON' >bad.jsonl
run oir-index bad.jsonl
lock=$(wc -c <.oir/lock)
oir-index bad.jsonl <&- >&- 2>&-
echo "[$?] $(($(wc -c <.oir/lock) - lock)) bytes more in the lock"
run oir-index - <&-
oir-inspect check
# Nothing but results on the standard output.
oir-search -n 1 word 2>/dev/null
oir-search -l -n 1 --explain word 2>/dev/null
