# What ./demo and ./check share: missing Debian packages, and running a step quietly. Sourced, not run.

# The packages that building liboir and its programs takes.
OIR_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config liblmdb-dev libstemmer-dev zlib1g-dev libjansson-dev"
# Those that make it better.
OIR_PACKAGES_OPTIONAL="libdeflate-dev"

# setup_missing PACKAGE...: prints those that are not installed.
setup_missing() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
    done
}

# setup_packages LOG PACKAGE...: installs what is missing and asks nothing, and what is optional along with it, where it
# can be had. No apt where nothing is missing, nor where there is no dpkg: there CMake says what it does not find.
setup_packages() {
    local log=$1 missing root=""
    shift
    command -v dpkg-query >/dev/null || return 0
    missing=$(setup_missing "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null || ! sudo -n true 2>/dev/null; then
            echo "Packages are missing, and installing them takes root. Please run this, then try again:" >&2
            echo "    apt-get install $missing" >&2
            return 1
        fi
        root="sudo -n"
    fi
    echo "Installing $missing" >&2
    # shellcheck disable=SC2086 # lists of words
    set -- $root env DEBIAN_FRONTEND=noninteractive apt-get -q -y
    # The package lists may be absent or old: fetch them, once, and only when it turns out so.
    # shellcheck disable=SC2086
    if "$@" install --no-install-recommends $missing >"$log" 2>&1 </dev/null ||
        { "$@" update && "$@" install --no-install-recommends $missing; } >>"$log" 2>&1 </dev/null; then
        "$@" install --no-install-recommends $OIR_PACKAGES_OPTIONAL >>"$log" 2>&1 </dev/null
        return 0
    fi
    setup_failed "$log" "Installing packages" \
        "Please see to it that this works, then try again: apt-get install $missing"
    return 1
}

# setup_failed LOG WHAT ADVICE: the end of the log, what went wrong, what to do.
setup_failed() {
    tail -n 40 "$1" >&2
    echo "$2 failed. The whole log is $1" >&2
    echo "$3" >&2
}

# setup_configure FOLDER OPTION...: CMake with Ninja, unless the folder is already set up with something else.
setup_configure() {
    local folder=$1
    shift
    if [ -f "$folder/CMakeCache.txt" ]; then
        cmake -S . -B "$folder" "$@"
    else
        cmake -S . -B "$folder" -G Ninja "$@"
    fi
}
