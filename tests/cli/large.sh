# Texts that are read piece by piece: what comes of them is what comes of a text that is read at once.
. "$CLI/run.bash"
words() {
    awk -v lines="$1" 'BEGIN {
        for (i = 0; i < lines; i++)
            printf "The caf%s number %d is runn%d; x-ray, 12.5 of %d.\t%s", "\303\251", i % 700, i % 9, i % 3,
                   i % 5 ? "and so on " : i % 10 ? "\n" : "\r\n \n"
    }'
}
# Terms, with positions of some, and data.
dump() {
    oir-inspect --index $1/a.oir terms -n 100000 | cksum
    for term in number 17 x "caf$(printf '\303\251')"; do oir-inspect --index $1/a.oir term $term; done | cksum
    oir-inspect --index $1/a.oir doc 1 -n 100000 | grep -v 'value [12]' | cksum
}
words 60000 >text.data
printf 'A Title\n\nDate: 2020-02\nAuthor: caf\303\251\n\n' | cat - text.data >text.txt
wc -c <text.txt
mkdir pieces latin little big
cp text.txt pieces/text.txt
iconv -f UTF-8 -t LATIN1 text.txt >latin/text.txt
{ printf '\377\376'; iconv -f UTF-8 -t UTF-16LE text.txt; } >little/text.txt
{ printf '\376\377'; iconv -f UTF-8 -t UTF-16BE text.txt; } >big/text.txt
run oir-index --index pieces/a.oir pieces
dump pieces >expected
for form in latin little big; do
    oir-index --quiet --index $form/a.oir $form
    dump $form | cmp - expected && echo "$form is the same"
done
# At once, as a line of JSON.
tr '\t\r\n' '   ' <text.data | sed 's/ *$//' >text.md
{ printf '{"title":"text.md","text":"'; cat text.md; printf '"}\n'; } >text.jsonl
for form in md jsonl; do
    oir-index --quiet --index $form.oir text.$form
    { oir-inspect --index $form.oir term number; oir-inspect --index $form.oir term 17; } >$form.terms
    wc -c <$form.terms
done
cmp md.terms jsonl.terms && echo "both are the same"
# A zero byte anywhere makes it binary.
{ cat text.data; printf 'a\0b'; cat text.data; } >zero.txt
run oir-index --index zero.oir zero.txt
# What is larger than a text may be.
truncate -s 1073741825 huge.txt
run oir-index --index huge.oir --max-size 4G huge.txt
# With little memory for data that is large.
{ cat text.data; cat text.data; } >twice.txt
run oir-index --index twice.oir --memory 64M twice.txt
run oir-inspect --index twice.oir check
oir-inspect --index twice.oir doc 1 | wc -c
