# An index is no text, wherever it lies and whatever its folder is called.
. "$CLI/run.bash"
mkdir plain
echo "a word" >plain/text.txt
# The index's folder is what is indexed.
run oir-index -v -i plain plain
run oir-index -v -i plain plain
run oir-search -l -i plain word
# That of another index is, or lies in it.
run oir-index -v -i second.oir plain
run oir-index -v -i second.oir .
run oir-index -q -i third.oir second.oir
run oir-search -c -i third.oir generation
# The run's own index lies in it.
run oir-index -v -i plain .
# Names alone make no index.
mkdir notes
echo "a word" >notes/current
echo "a word" >notes/lock
echo "generation-1" >notes/generation-1
run oir-index -v -i second.oir .
# A folder there where the file is looked for, and a pipe that nobody writes.
mkdir -p other/current pipe
mkfifo pipe/current
echo "a word" >other/current/text.txt
run oir-index -q -i second.oir .
run oir-search -l -i second.oir word
# Nor do other files count as the index's room.
head -c 5000000 /dev/zero >plain/binary
oir-index -i plain plain | grep -o '[KMG]B in plain'
