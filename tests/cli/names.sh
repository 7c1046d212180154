# Names of files that are not UTF-8, or hold a newline: -l gives the bytes that open the file.
. "$CLI/run.bash"
latin=$'l\xe9t\xe9'
mkdir -p "d/$latin"
printf 'latin name\n' >"d/$latin/"$'\xe9t\xe9.txt'
printf 'latin mixed name\n' >"d/$latin/"$'\xc3\xa9.txt'
printf 'plain newline\n' >d/$'two\nlines.txt'
printf 'latin long\n' >"d/$latin/$(printf '\xe9%.0s' {1..250}).txt"
oir-index -q d
find d -type f -print0 | sort -z >files
oir-search -l0 latin OR plain | sort -z >shown
cmp files shown && echo "all files, to the byte"
oir-search -l latin | xargs -d '\n' cat
(cd "d/$latin" && oir-search -l --null name | xargs -0 cat)
run oir-search --json name | grep -o '"path":"[^"]*"'
oir-search name 2>/dev/null | grep d/
run oir-search -0 name
run oir-search --null -c name
run oir-search -l name -0 | od -An -c | tail -n 2
# Also where such a folder is what is indexed: what is gone from it goes from the index.
rm "d/$latin/"*$'\xe9.txt'
run oir-index "d/$latin"
run oir-search -c name
# Names that are too long for a term, with two bytes for each character so that a cut falls amid one.
name=x$(printf '\xc3\xa9%.0s' {1..110})
mkdir -p "long/$name"
echo 'one text' >"long/$name/$name.txt"
printf '{"id":"%s/%s","text":"another text"}\n' "$name" "$name" | oir-index -q -
oir-index -q long
seek() { oir-search -l "$@" | sed "s/$name/NAME/g"; }
seek "path:long/$name/$name.txt"
seek text "id:\"$name/$name\""
seek text "-id:$name/$name" -path:none
seek "text -path:long/$name/$name.txt"
seek "path:long/$name/$name.tx"
seek "path:long/$name/$name" OR "id:$name"
