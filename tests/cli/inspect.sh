# Looking into an index.
. "$CLI/run.bash"
mkdir files
printf 'Apples and pears\n\nDate: 2021-05-06\n\nApples are better than other apples.\n' >files/apples.txt
printf 'Just a pear.\n' >files/pears.txt
touch -d '2020-02-03 04:05:06.789 UTC' files/*
run oir-index files
run oir-inspect stats | grep -v -e ^bytes
run oir-inspect terms
run oir-inspect terms Z
run oir-inspect terms -n 2
run oir-inspect terms -n 0
run oir-inspect terms nothing
run oir-inspect terms nothing -n 0
run oir-inspect term apples
run oir-inspect term Zappl -n 1
run oir-inspect term nothing
run oir-inspect doc 1
run oir-inspect doc files/pears.txt
run oir-inspect doc 99
run oir-inspect doc 0
run oir-inspect doc nothing
run oir-inspect check
oir-inspect sizes | sed -E 's/[0-9]+ bytes/N bytes/; s/ +[0-9]+ +[0-9.]+ %/ N/'
