# What is said when something is not as it should be.
. "$CLI/run.bash"
for program in oir-index oir-search oir-inspect; do
    run $program
    run $program --vresion
    run $program -x y
    run $program --index
    $program --version | sed -E 's/[0-9]+\.[0-9]+\.[0-9]+ \(index format [0-9]+, [a-z0-9]+\)/VERSION/'
    echo "$program --help: $($program --help | wc -L) columns at most, starts: $($program --help | head -n 1)"
done
run oir-search word
run oir-search --index missing word
run oir-search --index '' word
run oir-search -json word
run oir-search --json=yes word
run oir-search --json -c word
run oir-search -l --json word
run oir-search -lc word
run oir-search -n many word
run oir-search -n 4294967296 word
run oir-search --default-op xor word
run oir-search --color sometimes word
run oir-search --time-limit soon word
run oir-search --threads 1000 word
run oir-inspect stats
run oir-inspect shrink
run oir-inspect term
run oir-inspect stats now
run oir-index --memory lots .
run oir-index --memory 1T .
run oir-index --wait -1 .
run oir-index --reorder much .
run oir-index --stem klingon . | sed 's/there are .*/there are LANGUAGES/; s/: arabic.*/: LANGUAGES/'
run ls -A
run oir-index --index no/such/folder .
run oir-index -q missing.txt
mkdir empty
run oir-search --index empty word
echo text >file
run oir-search --index file word
run oir-index --index file .
run oir-index -q file
run oir-index -q --stem de file
run oir-index -q --stem english file
oir-inspect stats | grep stemmer
