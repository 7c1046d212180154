"""What the commands of bench/macro share: building this tree's programs, and saying what runs and where."""

import datetime
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


def say(message):
    print(f"{os.path.basename(sys.argv[0])}: {message}", file=sys.stderr, flush=True)


def fail(message):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def words(text):
    """Of an argument that is a list."""
    return [word for word in text.split(",") if word]


def numbers(text):
    """The same of numbers of documents: 1e5,200000."""
    return [int(float(word)) for word in words(text)]


def output_of(*command):
    """What a command prints; empty where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=TOP)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


# ---------------------------------------------------------------- this tree's programs


def build(name, *targets):
    """Builds targets (Release) in build/NAME; answers the folder of the programs."""
    folder = os.path.join(TOP, "build", name)
    os.makedirs(folder, exist_ok=True)
    script = (
        'folder=$1; shift; . cmake/setup.sh && setup_packages "$folder/packages.log" $OIR_PACKAGES && '
        'setup_configure "$folder" -DCMAKE_BUILD_TYPE=Release -DOIR_BUILD_EXAMPLES=OFF && '
        'cmake --build "$folder" --parallel "$(nproc)" --target "$@"'
    )
    log = os.path.join(folder, "build.log")
    say(f"building {' and '.join(targets)}")
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run(
            ["bash", "-c", script, "build", folder, *targets],
            cwd=TOP, stdout=out, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
    if done.returncode:
        with open(log, encoding="utf-8", errors="replace") as lines:
            sys.stderr.writelines(lines.readlines()[-20:])
        fail(f"oir could not be built; the whole log is {log}")
    return os.path.join(folder, "bin")


def own_version(program=None):
    """Of this tree, or of a program from elsewhere."""
    if program:
        return f"{os.path.basename(program)} with sha256 {file_hash(program)[:12]}"
    with open(os.path.join(TOP, "CMakeLists.txt"), encoding="utf-8") as file:
        version = re.search(r"project\(oir VERSION (\S+)", file.read()).group(1)
    commit = output_of("git", "rev-parse", "--short", "HEAD")
    sources = ("common", "indexer", "searcher", "bench")
    changed = output_of("git", "status", "--porcelain", "--untracked-files=no", "--", *sources)
    return ", ".join(part for part in (version, commit, "with changes" if changed else "") if part)


def compiler(name):
    """What build(name) was built with."""
    with open(os.path.join(TOP, "build", name, "CMakeCache.txt"), encoding="utf-8") as file:
        found = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", file.read(), re.M)
    return output_of(found.group(1), "--version").split("\n")[0] if found else ""


# ---------------------------------------------------------------- the machine


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            found = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.M)
    except OSError:
        found = None
    return found.group(1) if found else platform.machine()


def describe():
    """The first lines of what the head of results says: (what, value)."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    if load > 0.5:
        say(f"the machine is busy (load {load:.1f}): times will be worth little")
    return [
        ("date", datetime.date.today().isoformat()),
        ("machine", f"{os.cpu_count()} x {processor()}"),
        ("system", f"{platform.system()} {platform.release()}, {memory:.0f} GB, load at the start {load:.1f}"),
    ]


# ---------------------------------------------------------------- files


def file_hash(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def read_line(path, otherwise):
    try:
        with open(path, encoding="utf-8") as file:
            return file.readline().strip() or otherwise
    except OSError:
        return otherwise


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.unlink(path)


def files_of(path):
    """A file, or all below a folder."""
    if not os.path.isdir(path):
        return [path]
    return [os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names]


def size_of(path):
    return sum(map(os.path.getsize, files_of(path)))


def count_lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


# ---------------------------------------------------------------- before and after


def prepare(folder, collections, peers, *options):
    """What `prepare` makes; ends where a collection cannot be had."""
    command = [os.path.join(HERE, "prepare"), "-o", *options, "-c", ",".join(collections), folder, *peers]
    if subprocess.run(command, check=False).returncode:
        fail(f"a collection is missing, of {', '.join(collections)}: `prepare` has said above what to do")


def results_folder(to, about, kind):
    """Where the results of today's run go."""
    return os.path.join(to or os.path.join(TOP, "bench", "results"), f"{dict(about)['date']}-{kind}")


def write_results(folder, name, run, text, charts=()):
    """README.md, NAME.json, and charts, which are (title, file name, SVG)."""
    os.makedirs(folder, exist_ok=True)
    files = {"README.md": text, f"{name}.json": json.dumps(run, indent=1) + "\n"}
    for path, content in {**files, **{path: drawn for _, path, drawn in charts}}.items():
        with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
            file.write(content)
