# How a search went, and how what it found is shown: in few starts of programs, since valgrind takes long for each.
. "$CLI/run.bash"
cp -r "$CORPUS" corpus
rm corpus/README.md
run oir-index -q corpus
oir-search --explain -l the coalition OR 'advis*' 2>&1 >/dev/null | sed -E 's/[0-9]+ (of|windows|ranges|postings|positions|documents)/N \1/g'
run oir-search --color=always -n 1 --offset 1 --default-op and --stem none prime minister | cat -v
run oir-search -c combat troops NEAR iraq
run oir-search -l --offset 100 iraq
run oir-search -n 0 'advis*' title:iraq
run oir-search
