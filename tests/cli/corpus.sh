# What a person sees: the five articles, queries of each kind, lines of 80 columns.
. "$CLI/run.bash"
cp -r "$CORPUS" corpus
rm corpus/README.md
run oir-index corpus
run oir-search combat mission
run oir-search '"combat mission"' -n 1
run oir-search -l coalition AND NOT syria
run oir-search -l coalition -syria
run oir-search -l +iraq 'advis*'
run oir-search -c 'm?ss*n'
run oir-search -c 'missoin~1 -*zzz*'
run oir-search -c 'what mission?'
run oir-search -l troops NEAR iraq
run oir-search -c '"prime minister"'
run oir-search -l title:coalition
run oir-search -l path:corpus/watchdog-report-iraqi-army-leans-on-allies.txt
run oir-search -n 1 --offset 4 iraq
run oir-search --offset 100 iraq
run oir-search -n 0 iraq
for form in -l --json; do
    run oir-search $form --offset 100 iraq
    run oir-search $form -n 0 iraq
    run oir-search $form -n 0 --offset 100 iraq
    run oir-search $form -n 0 zebra
done
run oir-search zebra
run oir-search -c zebra
run oir-search --json zebra
run oir-search -l --default-op and prime minister drones
run oir-search -l --stem none combats
run oir-search -l combats
run oir-search -c ')) AND "unclosed ( NEAR combat'
run oir-search -c combat troops NEAR iraq
run oir-search -c 'combat (troops NEAR iraq)'
run oir-search -l -n 1 iraq AND
echo "longest line: $(oir-search iraq combat mission troops 2>/dev/null | awk '{ if (length > n) n = length } END { print (n <= 80) ? "fits" : n }')"
oir-search --json -n 3 combat mission | python3 -c '
import json, sys
hits = [json.loads(line) for line in sys.stdin]
assert [list(hit) for hit in hits] == 3 * [["rank", "docid", "id", "path", "title", "score", "snippet"]]
assert [hit["rank"] for hit in hits] == [1, 2, 3]
assert hits[0]["score"] >= hits[1]["score"] >= hits[2]["score"] > 0
assert all("<b>" in hit["snippet"] and hit["id"] == hit["path"] for hit in hits)
print("JSON is good")'
