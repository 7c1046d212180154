# What may not be read or written. Whoever may do everything becomes nobody first.
. "$CLI/run.bash"
if [ "$(id -u)" -eq 0 ]; then
    as_nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
    $as_nobody oir-search --version >/dev/null 2>&1 || { echo "skipped: nobody may not run the programs"; exit 77; }
    chown 65534:65534 .
    exec $as_nobody env NOT_ROOT=1 bash "$CLI/permissions.sh"
fi
mkdir -p files/closed
echo "a word" >files/open.txt
echo "a word" >files/secret.txt
echo "a word" >files/closed/inside.txt
run oir-index files
chmod 000 files/secret.txt files/closed
run oir-index files
# They may be back tomorrow: their documents stay.
run oir-search -l word
run oir-index files/secret.txt
rm -f files/secret.txt
run oir-index files
run oir-search -l word
# An index that may only be read.
chmod -w .oir .oir/*
run oir-search -l word
run oir-inspect check
run oir-index files
chmod u+w .oir .oir/*
chmod 000 .oir
run oir-search word
chmod 700 .oir files/closed
