# Ctrl-C leaves the last commit.
. "$CLI/run.bash"
echo '{"id":"first","text":"steady word"}' | oir-index -q -
before=$(ls .oir | wc -l)
for signal in INT TERM; do
    mkfifo input
    # Endless: what stops it is the signal.
    awk 'BEGIN { for (i = 0; ; i++) print "{\"id\":" i ",\"text\":\"word number " i " and so on\"}" }' >input 2>/dev/null &
    # Background jobs of scripts ignore SIGINT; this one must not.
    python3 -c '
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' oir-index --memory 4M - <input &
    indexer=$!
    # Until a first segment is written.
    for ((i = 0; i < 400; i++)); do
        [ "$(ls .oir | wc -l)" -gt "$before" ] && break
        sleep 0.05
    done
    [ "$(ls .oir | wc -l)" -gt "$before" ] || echo "nothing was written"
    kill -$signal $indexer
    wait $indexer
    echo "$signal: $?"
    wait
    rm input
done
run oir-search -l word
run oir-inspect check
echo '{"id":"second","text":"steady word"}' | oir-index -q -
run oir-search -l word
# The second signal kills, even while input is waited for without end; the system tells the shell by which.
mkfifo input
python3 -c '
import os, signal, subprocess, sys, time
ignore = lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
writer = subprocess.Popen(["sh", "-c", "exec sleep 60 >input"])
indexer = subprocess.Popen(["oir-index", "-"], stdin=open("input"), preexec_fn=ignore, stderr=subprocess.PIPE)
time.sleep(0.5)
indexer.send_signal(signal.SIGINT)
print("while waiting:", indexer.wait(20), indexer.stderr.read().decode().strip())
writer.kill()
writer.wait()
'
