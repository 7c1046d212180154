# Several indexes are searched as one.
. "$CLI/run.bash"
mkdir a b both
cp "$CORPUS"/[b-c]*.txt a
cp "$CORPUS"/[o-w]*.txt b
cp a/* b/* both
run oir-index -q --index a.oir a
run oir-index -q --index b.oir b
run oir-index -q --index both.oir both
run oir-search --index a.oir --index b.oir -l combat mission
oir-search --index a.oir --index b.oir --json combat mission | grep -o '"score":[0-9.]*' >two
oir-search --index both.oir --json combat mission | grep -o '"score":[0-9.]*' >one
cmp one two && echo "scores are those of one index"
OIR_PATHS=small oir-search --threads 2 --index a.oir --index b.oir --json combat mission | grep -o '"score":[0-9.]*' >two
cmp one two && echo "with two threads, too"
run oir-search --time-limit 60 --index both.oir -l -n 1 combat mission
run oir-search --time-limit 0.000000001 --index both.oir -l -n 1 combat mission
run oir-search --index a.oir --index missing combat
# Stems are of one language.
mkdir german
echo 'Die Lage in den Häusern' >german/lage.txt
oir-index -q --index g.oir --stem german german
run oir-search -l -i a.oir -i g.oir Häusern
run oir-search -l -i g.oir -i a.oir -i b.oir Häusern
run oir-search -l -i a.oir -i g.oir --stem german Haus
run oir-search -l -i a.oir -i g.oir --stem none Häusern
