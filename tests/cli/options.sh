# Options behind words, and words that look like options.
. "$CLI/run.bash"
mkdir -p here other/files
echo 'java here' >here/a.txt
echo 'java island nato elsewhere' >other/files/b.txt
oir-index -q here
oir-index -q -i other/.oir other/files
run oir-search -l java
run oir-search -iother/.oir -l java
run oir-search -l java -iother/.oir
run oir-search -l java -iother/.oir -i.oir
(cd here && run oir-search -l java -i../other/.oir)
run oir-search -l java -i./missing
run oir-search -c java -island -iother/.oir
run oir-search -c java -i other/.oir -nato
run oir-search -c java -i/o -i5 -ifs
run oir-search -l java -n1 -iother/.oir
# An argument is forgotten.
run oir-search java -i
run oir-search java -ln
run oir-search java --offset
run oir-search -l -- java -i
# Words that begin with a - and come first.
run oir-search -syria java
run oir-search -s java
run oir-search -c -- -syria java
run oir-index -frozen.txt
