# Again on the same folder: only what changed.
. "$CLI/run.bash"
mkdir -p files/sub
for name in one two three sub/four; do
    echo "the word is $name" >files/$name.txt
done
run oir-index files
run oir-index files
echo "the word is twice" >files/two.txt
rm files/one.txt
echo "the word is five" >files/five.txt
run oir-index -v files
run oir-search -l word
run oir-search -c one
run oir-search -c '"is two"'
# The same size and another time; another size and the same time.
touch -d 2001-01-01 files/three.txt
run oir-index files
echo "the word is three and more" >files/three.txt
touch -d 2001-01-01 files/three.txt
run oir-index files
rm files/five.txt
run oir-index --no-delete files
run oir-search -c five
run oir-index files/sub
run oir-search -c five
run oir-index files/sub files/sub/four.txt files/sub
rm -r files/sub
run oir-index files
run oir-index missing
run oir-search -l word
run oir-index --optimise --reorder full files
run oir-search -l word
run oir-inspect check
# A file that became binary is no document any more.
printf 'word\0word' >files/two.txt
run oir-index files
run oir-search -l word
