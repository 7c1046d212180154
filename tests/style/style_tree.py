"""What the laws of style share: the files of the tree, C without comments, and how a finding is reported."""

import os
import re
import sys

SKIPPED_FOLDERS = {".git", "build", "__pycache__", ".oir"}


def files(root, *endings):
    """Paths relative to root, sorted, of the files that end so; without what is built or hidden."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            f for f in folders if f not in SKIPPED_FOLDERS and not f.startswith("build-") and not f.endswith(".oir")
        )
        for name in names:
            if name.endswith(endings):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)


def text(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read()


def lines(root, path):
    return text(root, path).split("\n")


_COMMENT_OR_LITERAL = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def without_comments(source):
    """C source with comments blanked out and every line where it was."""

    def blank(match):
        found = match.group(0)
        return found if found[0] in "\"'" else re.sub(r"[^\n]", " ", found)

    return _COMMENT_OR_LITERAL.sub(blank, source)


_CMAKE_CALL = re.compile(r"^\s*(oir_sources|oir_program|oir_micro|oir_test)\s*\(([^)]*)\)", re.M)


def built(root, function):
    """The source files that the CMakeLists.txt files hand to one of their functions, relative to root."""
    sources = set()
    for path in files(root, "CMakeLists.txt"):
        code = re.sub(r"#[^\n]*", "", text(root, path))
        for name, arguments in _CMAKE_CALL.findall(code):
            if name == function:
                for word in arguments.split():
                    if word.endswith((".c", ".cc")):
                        sources.add(os.path.normpath(os.path.join(os.path.dirname(path), word)))
    return sources


def report(findings):
    """Prints what was found; the exit code of a test."""
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings" if findings else "no findings")
    return 1 if findings else 0


def root_from_arguments():
    return os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", ".."))
