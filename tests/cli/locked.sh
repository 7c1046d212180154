# One writes, the other is told so.
. "$CLI/run.bash"
echo "a word" >file.txt
run oir-index file.txt
mkfifo input
oir-index --wait 20 - <input &
holder=$!
exec 3>input
for ((i = 0; i < 100; i++)); do
    oir-index -q file.txt 2>said
    # Between taking the lock and saying who did there is a moment.
    [ $? -eq 75 ] && grep -q "pid $holder" said && break
    sleep 0.05
done
name_holder() { sed -E "s/$holder/HOLDER/; s/since [0-9TZ:-]+/since THEN/"; }
run oir-index file.txt | name_holder
run oir-index -q --wait 0.1 file.txt | name_holder
# Who reads is not disturbed.
run oir-search -l word
# Who waits gets it.
oir-index --wait 20 file.txt 3>&- >waited 2>&1 &
waiter=$!
echo '{"id":"held","text":"word"}' >&3
exec 3>&-
wait $holder
echo "holder: $?"
wait $waiter
echo "waiter: $?, $(cat waited)"
run oir-search -c word
