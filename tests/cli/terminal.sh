# Colours, and text that would like to be more than text.
. "$CLI/run.bash"
# Containers and chroots may lack /dev/pts.
python3 -c 'import os, pty; os.close(pty.openpty()[0])' 2>/dev/null ||
    { echo "skipped: no python3 or no pseudo-terminals here"; exit 77; }
esc=$'\033'
printf 'Evil %s[31mtitle%s]0;owned\007\n\nA word %s[2J cleared \302\233 screen\r\b and \342\200\256 turned.\n' $esc $esc $esc >'evil.txt'
printf '{"id":"evil\\u001b[31m","title":"<b>bold</b>\\u001b[0m","text":"word & <script>alert(1)</script> \\u001b[2J"}\n' | oir-index -q -
oir-index -q evil.txt
show() { cat -v; }
run oir-search word | show
run oir-search --color=always word | show
run oir-search -l word | show
run oir-search --json word | show
run oir-search --explain -c "wo$esc[31mrd" | grep -v -e visited -e decoded -e scored | show
run oir-search --index "no$esc[31m" word | show
run oir-index "no$esc[31m" | show
run oir-inspect terms Qe | show
# On a terminal.
on_terminal() {
    python3 -c '
import os, pty, sys
def read(fd):
    return os.read(fd, 65536)
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:], read)))' "$@" </dev/null | tr -d '\r' | show
}
colours() { grep -c '\^\[\['; }
echo "terminal: $(on_terminal oir-search word | colours)"
echo "NO_COLOR: $(NO_COLOR=1 on_terminal oir-search word | colours)"
echo "NO_COLOR empty: $(NO_COLOR= on_terminal oir-search word | colours)"
echo "NO_COLOR, but asked for: $(NO_COLOR=1 on_terminal oir-search --color=always word | colours)"
echo "TERM=dumb: $(TERM=dumb on_terminal oir-search word | colours)"
echo "never: $(on_terminal oir-search --color=never word | colours)"
# Lines as wide as the terminal, or as COLUMNS says.
for ((i = 0; i < 60; i++)); do echo "wide $i text"; done >wide.txt
oir-index -q wide.txt
columns() { tail -n +2 | awk '/wide/ { if (length > n) n = length } END { print (n > low && n <= high) ? "good" : n }' low=$1 high=$2; }
on_wide() {
    python3 -c '
import fcntl, os, pty, struct, sys, termios
def size_and_run():
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
pid, fd = pty.fork()
if pid == 0:
    size_and_run()
text = b""
try:
    while piece := os.read(fd, 65536):
        text += piece
except OSError:
    pass
os.waitpid(pid, 0)
sys.stdout.buffer.write(text)' "$@" </dev/null | tr -d '\r'
}
echo "terminal of 60 columns: $(on_wide 60 oir-search --color=never wide | columns 45 60)"
echo "of 300: $(on_wide 300 oir-search --color=never wide | columns 85 100)"
echo "COLUMNS on it: $(COLUMNS=50 on_wide 300 oir-search --color=never wide | columns 40 50)"
for asked in '' 0 none 1 60 1000 99999999999999999999; do
    case $asked in 1) low=25 high=40 ;; 60) low=45 high=60 ;; 1*|9*) low=85 high=100 ;; *) low=65 high=80 ;; esac
    echo "COLUMNS='$asked', no terminal: $(COLUMNS=$asked oir-search wide 2>/dev/null | columns $low $high)"
done
echo "pipe: $(oir-search word 2>/dev/null | show | colours)"
