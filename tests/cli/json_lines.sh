# A document on each line.
. "$CLI/run.bash"
cat >data.jsonl <<'END'
{"id": "a1", "title": "First", "date": "2021-12-09", "body": "an apple", "author": "Ann", "size": 3, "tags": ["x", {"y": null}]}
{"id": 2, "title": "Second", "text": "a pear"}

{"title": "Third", "text": "a plum \u0000 with a zero"}
not JSON
["an", "array"]
{"id": "a5", "text": "unclosed
{"id": "a6", "date": "26-FEB-1987", "body": "body fig", "text": "text fig", "path": "its own"}
END
printf '{"id":"latin","text":"caf\xe9 fig"}\r\n' >>data.jsonl
run oir-index data.jsonl
oir-search --json 'apple pear plum fig' | sort
run oir-inspect doc a1 | sed "s/^value 1.*/CHANGED/"
run oir-inspect doc data.jsonl:4 -n 0 | sed 's/^value 1.*/CHANGED/'
run oir-inspect doc a6 -n 0 | grep -v '^value [12]'
run oir-index data.jsonl
sed -i -e '/"a1"/d' -e 's/pear/quince/' data.jsonl
run oir-index data.jsonl
run oir-search -l apple
run oir-search -l quince
echo "from the standard input:"
printf '\xef\xbb\xbf{"id":"a6","text":"another fig"}\n{"text":"nameless fig"}' >input
run oir-index - <input
run oir-search -l fig
run oir-search another
run oir-index . --no-delete
rm data.jsonl
run oir-index .
run oir-search -l fig quince
