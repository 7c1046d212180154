# What the scripts share: run COMMAND... prints the command, what it prints, and its exit code when that is not 0.
run() {
    echo "\$ $*"
    "$@" 2>&1
    local code=$?
    [ $code -eq 0 ] || echo "[$code]"
    return 0
}
