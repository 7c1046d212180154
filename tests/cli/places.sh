# Which index: --index, then OIR_INDEX, then .oir here, then .oir in a folder above.
. "$CLI/run.bash"
mkdir -p top/middle/low flag environment
for place in top top/middle flag environment; do
    echo "a word in $place" >$place/file.txt
done
run oir-index --index flag.oir flag
run env OIR_INDEX=environment.oir oir-index environment
(cd top/middle && run oir-index file.txt)
(cd top && run oir-index file.txt)
ls -d .oir top/.oir top/middle/.oir *.oir 2>/dev/null
cd top/middle/low || exit 1
run oir-search -v -l word
(cd ../.. && run oir-search -v -l word)
run env OIR_INDEX=../../../environment.oir oir-search -v -l word
run env OIR_INDEX=../../../environment.oir oir-search -v -l --index ../../../flag.oir word
run env OIR_INDEX= oir-search -l word
run env OIR_INDEX=nowhere oir-search -l word
cd ../../..
# Index and files move together: paths are relative to where the index stands.
mv top elsewhere
(cd elsewhere/middle && run oir-search -l word && run oir-index -v .)
# A path that leads nowhere is named as it was, though a file of that name is where the index lies.
mkdir -p proj/sub
echo "a word" >proj/note.txt
(cd proj && run oir-index . && cd sub && run oir-index note.txt ../missing.txt '')
run oir-index -i proj/.oir missing.txt
# No index comes of paths that cannot be read, and the one there is is not emptied; one that can be is enough.
mkdir -p typed/empty
cd typed || exit 1
mkfifo pipe
run oir-index tpyo '' pipe
run oir-index -i other tpyo
run ls -A
run oir-index -i ../proj/.oir --overwrite tpyo
run oir-search -c -i ../proj/.oir word
run oir-index tpyo empty
run ls -A
