# Bytes of every kind.
. "$CLI/run.bash"
printf 'caf\xc3\xa9 utf8' >utf8.txt
printf 'caf\xe9 latin' >latin.txt
printf '\xef\xbb\xbfcaf\xc3\xa9 marked' >marked.txt
printf '\xff\xfec\0a\0f\0\xe9\0 \0l\0i\0t\0t\0l\0e\0=\xd8\x00\xde' >little.txt
printf '\xfe\xff\0c\0a\0f\0\xe9\0 \0b\0i\0g\xd8\x3d' >big.txt
printf '\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd\xe3\x81\xab\xe4\xbd\x8f\xe3\x82\x80' >tokyo.txt
printf 'A Title\r\n\r\nDate: 2020-02\r\nAuthor: Ann "X" \\ Y\r\n\r\nThe text caf\xe9.\r\n' >title.txt
printf '# Heading\ncaf\xc3\xa9 text\n' >notes.md
printf 'No title\nbecause no blank line\n' >plain.txt
printf 'Kept\n\nNote: no date, so no headers\n\ncafe\n' >kept.txt
run oir-index .
run oir-search -l $'caf\xc3\xa9'
run oir-search $'\xe4\xba\xac\xe9\x83\xbd'
run oir-search -l ann
run oir-search title:heading
run oir-search title:kept
for name in little.txt big.txt title.txt plain.txt; do
    oir-inspect doc $name -n 0 | grep -v 'value [12]'
done
# A title and nothing else.
printf 'Alone\r\n\r\n' >alone.txt
run oir-index .
run oir-search -l title:alone
