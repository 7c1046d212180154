"""Indexes of oir's own, made anew where another program made them."""

import os
import subprocess

from programs import fail, file_hash, read_line, remove, say


def feed(lines, part, out):
    """Writes one of several equal parts of a file's lines, (number, how many, lines of the file)."""
    number, count, total = part
    first, end = total * number // count, total * (number + 1) // count
    with open(lines, "rb") as file:
        for i, line in enumerate(file):
            if first <= i < end:
                out.write(line)
            elif i >= end:
                break


def index_own(program, index, lines, reorder, keep=False, part=None):
    """Builds an index of a file's lines, or of a part of them, unless this same program has built it; answers its
    log's lines on segments."""
    name, log, builder = os.path.basename(index).removeprefix("oir-"), index + ".log", index + ".builder"
    made = " ".join([file_hash(program), reorder, *map(str, part or ())])
    if not os.path.exists(index) or (read_line(builder, None) != made and not keep):
        say(f"oir indexes {name}")
        remove(index + ".new")
        command = [program, "index", index + ".new", f"--reorder={reorder}"]
        with open(lines, "rb") as source, open(log, "w", encoding="utf-8") as out:
            with subprocess.Popen(command, stdin=subprocess.PIPE if part else source, stderr=out) as running:
                try:
                    if part:
                        feed(lines, part, running.stdin)
                        running.stdin.close()
                except BrokenPipeError:
                    pass  # it has ended, and its exit code says how
        if running.returncode:
            fail(f"oir could not index {name}; see {log}")
        remove(index)  # whoever has it open keeps it
        os.rename(index + ".new", index)
        with open(builder, "w", encoding="utf-8") as file:
            file.write(made + "\n")
    if not os.path.exists(log):
        return []
    with open(log, encoding="utf-8") as file:
        return [line.strip() for line in file if line.startswith("segment ")]
