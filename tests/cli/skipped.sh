# What is not for the index.
. "$CLI/run.bash"
mkdir -p files/.git files/.hidden
echo "word seen" >files/seen.txt
echo "word hidden" >files/.secret
echo "word hidden" >files/.git/config
printf 'word\0binary' >files/program.bin
ln -s seen.txt files/link.txt
ln -s . files/loop
mkfifo files/fifo
: >files/empty.txt
head -c 5000 /dev/zero | tr '\0' w >files/large.txt
printf '{"id":"long","text":"%s"}\n{"id":"short","text":"word"}\n' "$(head -c 5000 /dev/zero | tr '\0' w)" >files/long.jsonl
run oir-index --max-size 4K files
run oir-index -v --max-size 4K files
run oir-search -l word
run oir-index files/link.txt files/.secret files/fifo
run oir-search -l word
# A file that was named is said to be left out, whatever the reason.
run oir-index files/program.bin
# A line that would take more than its share of the memory, as text or as values, is passed over, and the next is read.
{ printf '{"id":"large","text":"'; head -c 2000000 /dev/zero | tr '\0' w; printf '"}\n{"id":"after","text":"word"}\n'
  printf '{"id":"many","n":['; head -c 20000 /dev/zero | sed 's/\x0/[],/g'; printf '1]}\n{"id":"last","text":"word"}'; } >lines.jsonl
run oir-index --index lines.oir --memory 4M lines.jsonl
run oir-search --index lines.oir -l word
run oir-index --index lines.oir --overwrite --memory 62M lines.jsonl
# The index does not index itself, whatever it is called.
run oir-index --index files/own files
run oir-index --index files/own files --max-size 4K
