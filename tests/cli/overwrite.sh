# Starting over: on an index that is whole, damaged, of another version; never on the files of others.
. "$CLI/run.bash"
echo "a word of old" >old.txt
echo "a word of new" >new.txt
run oir-index -q old.txt
run oir-index --overwrite --stem german new.txt
run oir-search -l word
oir-inspect stats | grep stemmer
run oir-index --stem english new.txt
run oir-inspect check
run oir-index --overwrite --index fresh new.txt
# The same run again: nothing is known, all is read.
run oir-index --overwrite --index fresh new.txt
# Each way of being damaged.
for name in current generation segment; do
    file=$(ls .oir/$name* | tail -n 1)
    echo garbage >"$file"
    oir-search word >said 2>&1
    echo "$name: [$?] $(tail -n 1 said)"
    oir-index -q new.txt >said 2>&1
    echo "$name: [$?] $(tail -n 1 said)"
    run oir-index -q --overwrite new.txt
    run oir-search -l word
done
rm .oir/current
run oir-index --overwrite new.txt
run oir-inspect check
# A folder that is empty, and those that somebody else has filled.
mkdir empty mine odd
run oir-index -q --overwrite --index empty new.txt
mkdir begun
touch begun/lock
run oir-index -q --overwrite --index begun new.txt
echo precious >mine/segment-1.txt
echo precious >mine/current
run oir-index --overwrite --index mine new.txt
mv mine/current .
run oir-index --overwrite --index mine new.txt
mv current mine
rm mine/segment-1.txt
run oir-index --overwrite --index mine new.txt
cat mine/current
ls -A mine
echo precious >odd/generation-
run oir-index --overwrite --index odd new.txt
run oir-index --overwrite --index new.txt new.txt
cat new.txt
# An index that can be read is one, whatever lies beside it; that stays.
echo precious >.oir/notes.txt
run oir-index -q --overwrite new.txt
cat .oir/notes.txt
# Refused, it leaves what was.
run oir-index --overwrite --stem klingon new.txt | cut -d ';' -f 1
run oir-search -l word
