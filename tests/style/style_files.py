"""Files: names unique and in lower snake_case, lines of at most 120 columns, no tabs, no blanks at line ends, and no
path of the machine that something was written on."""

import os
import re
import sys

import style_tree

COLUMNS = 120
_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*\.(c|h|cc)")
# Put together, or this file would break its own law.
_MACHINE = re.compile("/" + r"(?:work|home|root)/(?:shared|h|main|[a-z]+/src)\b")


def check_names(root):
    seen = {}
    for path in style_tree.files(root, ".c", ".h", ".cc"):
        name = os.path.basename(path)
        if not _NAME.fullmatch(name):
            yield f"{path}:1: file names are lower snake_case"
        public = path.replace(os.sep, "/").startswith("common/include/oir/")
        # The one pair that is allowed: the public header and the private one of the same noun.
        other = seen.setdefault((name, public), path)
        if other != path:
            yield f"{path}:1: there is a file of this name already, {other}"


def check_lines(root):
    for path in style_tree.files(root, ".c", ".h", ".cc"):
        for number, line in enumerate(style_tree.lines(root, path), 1):
            if len(line) > COLUMNS:
                yield f"{path}:{number}: {len(line)} columns, at most {COLUMNS} are allowed"
            if "\t" in line:
                yield f"{path}:{number}: a tab"
            if line != line.rstrip():
                yield f"{path}:{number}: blanks at the end of the line"


def check_machine(root):
    endings = (".c", ".h", ".cc", ".py", ".sh", ".md", ".txt", ".cmake", ".in", "demo", "check", "run")
    for path in style_tree.files(root, *endings):
        for number, line in enumerate(style_tree.lines(root, path), 1):
            if _MACHINE.search(line):
                yield f"{path}:{number}: names a path of one machine"


def check(root):
    return [*check_names(root), *check_lines(root), *check_machine(root)]


if __name__ == "__main__":
    sys.exit(style_tree.report(check(style_tree.root_from_arguments())))
