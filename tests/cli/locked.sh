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
echo "another word" >other.txt
oir-index --wait 20 other.txt 3>&- >waited 2>&1 &
waiter=$!
sleep 1
echo '{"id":"held","text":"word"}' >&3
released=$EPOCHREALTIME
exec 3>&-
wait $holder
echo "holder: $?"
wait $waiter
echo "waiter: $?, $(cat waited)"
sed -E 's/.* in ([0-9.]+) s .*/\1/' waited |
    awk -v from=$released -v to=$EPOCHREALTIME '{ print $1 <= to - from + 0.01 ? "without the time waited" : $0 }'
run oir-search -c word
