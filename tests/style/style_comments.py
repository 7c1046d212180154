"""Every function and every type of the public headers has a comment of its own, directly above it, and a handle's says
what threads may do with it."""

import os
import re
import sys

import style_tree

PUBLIC = "common/include/oir"
_FUNCTION_NAME = re.compile(r"\b(oir_\w+)\s*\(")
_HANDLE = re.compile(r"typedef struct (\w+) \1;")
_THREADS = re.compile(r"\b(shared|one thread at a time|single writer)\b", re.I)
_STRUCT = re.compile(r"(?:typedef\s+)?(?:struct|enum|union)\s+(\w+)")


def declarations(code):
    """Yields (line, kind, name) of what a header declares outside of brackets; code has no comments."""
    depth = 0
    statement, start = "", None
    continued = False  # the line goes on a macro
    for number, line in enumerate(code.split("\n"), 1):
        was_continued, continued = continued, (continued or line.lstrip().startswith("#")) and line.endswith("\\")
        if was_continued:
            continue
        if line.lstrip().startswith("#") or line.strip() in ('extern "C" {', "}"):
            if depth == 0:
                statement, start = "", None
            if line.strip() != "}" or depth == 0:
                continue
        for character in line + "\n":
            if start is None and not character.isspace():
                start = number
            if start is not None:
                statement += character
            depth += (character == "{") - (character == "}")
            if character == ";" and depth == 0:
                found = declared(" ".join(statement.split()))
                if found:
                    yield (start, *found)
                statement, start = "", None


def declared(statement):
    if statement.startswith("OIR_API"):
        name = _FUNCTION_NAME.search(statement)
        return "function", name.group(1) if name else statement
    if _HANDLE.fullmatch(statement):
        return "handle", _HANDLE.fullmatch(statement).group(1)
    if statement.startswith("typedef"):
        pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)", statement)
        return "type", pointer.group(1) if pointer else re.findall(r"\w+", statement)[-1]
    if "{" in statement and _STRUCT.match(statement):
        return "type", _STRUCT.match(statement).group(1)
    return None


def comment_ending_on(raw, number):
    """The comment that ends on line `number` (from 1) and began on a line of its own; None when there is none."""
    if number < 1 or not raw[number - 1].rstrip().endswith("*/"):
        return None
    start = number
    while start >= 1 and "/*" not in raw[start - 1]:
        start -= 1
    if start < 1 or not raw[start - 1].lstrip().startswith("/*"):
        return None
    return " ".join(" ".join(line.strip(" /*") for line in raw[start - 1 : number]).split())


def check(root):
    findings = []
    for path in style_tree.files(root, ".h"):
        if not path.replace(os.sep, "/").startswith(PUBLIC + "/"):
            continue
        source = style_tree.text(root, path)
        raw = source.split("\n")
        for line, kind, name in declarations(style_tree.without_comments(source)):
            comment = comment_ending_on(raw, line - 1)
            if comment is None:
                findings.append(f"{path}:{line}: {kind} {name} has no comment of its own directly above it")
            elif kind == "handle" and not _THREADS.search(comment):
                findings.append(f"{path}:{line}: {kind} {name} does not say shared, one thread at a time or single writer")
    return findings


if __name__ == "__main__":
    sys.exit(style_tree.report(check(style_tree.root_from_arguments())))
