"""The laws of inclusion: who may see whom.

common/ never sees indexer/ or searcher/, and these never see each other. Within common/ a room sees only the rooms
below it: base; text and codec; document; segment; catalog. LMDB is seen by segment and catalog, libstemmer by text, zlib
and libdeflate by codec, Xapian by tests and benchmarks. Public headers see the C standard's headers and each other. Programs, examples
and the benchmark program see the public headers, never the inside; common/program is theirs, and no part of the
library. #if stands in base/ and codec/ only."""

import os
import re
import sys

import style_tree

RANK = {"base": 0, "text": 1, "codec": 1, "document": 2, "segment": 3, "catalog": 4}
THIRD_PARTY = {
    "lmdb.h": ("common/segment/", "common/catalog/"),
    "libstemmer.h": ("common/text/",),
    "zlib.h": ("common/codec/",),
    "libdeflate.h": ("common/codec/",),
    "xapian.h": (),
}
STANDARD = {"stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdarg.h", "limits.h", "inttypes.h"}
PUBLIC = "common/include/oir/"
PROGRAM = "common/program/"
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
_CONDITION = re.compile(r"^[ \t]*#[ \t]*(?:if|ifdef|ifndef)\b([^\n]*)", re.M)


def room(path):
    """(side, room): ("common", "text"), ("searcher", ""), ("tests", "")..."""
    parts = path.split("/")
    return parts[0], parts[1] if parts[0] == "common" and len(parts) > 2 else ""


def resolve(root, path, name):
    roots = [os.path.dirname(path), "common/include", "common", ""]
    if path.startswith("tests/"):
        roots.append("tests")
    for folder in roots:
        target = os.path.normpath(os.path.join(folder, name))
        if os.path.isfile(os.path.join(root, target)):
            return target.replace(os.sep, "/")
    return None


def outside(path, programs):
    """True for code that may use nothing but the public headers."""
    return path in programs or path.startswith(("examples/", PROGRAM))


def check_third_party(path, name):
    if path.startswith(("tests/", "bench/")) or name not in THIRD_PARTY:
        return None
    allowed = THIRD_PARTY[name]
    if path.startswith(allowed):
        return None
    return f"includes <{name}>, which only {' and '.join(allowed) or 'tests/ and bench/'} may see"


def check_rooms(path, target):
    side, own = room(path)
    other_side, other = room(target)
    if target.startswith(PROGRAM) and not path.startswith((PROGRAM, "indexer/", "searcher/", "tests/")):
        return f"{PROGRAM} is for programs, not for the library"
    if side in ("common", "indexer", "searcher") and other_side != side and other_side != "common":
        return f"{side}/ must not see {target}"
    if side == "common" and own in RANK and other in RANK and own != other and RANK[other] >= RANK[own]:
        return f"common/{own} must not see {target}: a room sees only the rooms below it"
    return None


def check_include(root, path, quote, name, programs, library):
    if path.startswith(PUBLIC):
        if quote == "<" and (name in STANDARD or os.path.isfile(os.path.join(root, "common/include", name))):
            return None
        return f"public headers include <oir/...> and standard headers only, not {name}"
    if name.startswith("oir/"):
        if quote == '"':
            return f'write <{name}>, not "{name}"'
        if not os.path.isfile(os.path.join(root, "common/include", name)):
            return f"there is no public header <{name}>"
        return None
    if quote == "<":
        return check_third_party(path, name)
    target = resolve(root, path, name)
    if target is None:
        return f'"{name}" is no file of this tree'
    if outside(path, programs):
        source = os.path.splitext(target)[0] + ".c"
        own = source in programs or os.path.basename(target).startswith("oir_") or target.startswith("examples/")
        shared = target.startswith(PROGRAM)
        if not shared and (not own or source in library or target.startswith("common/")):
            return f"sees {target}: programs and examples see <oir/...> only"
    return check_rooms(path, target)


def check_conditions(path, code):
    """Yields (offset, message) for #if where none may stand."""
    if not path.startswith(("common/text/", "common/segment/", "common/catalog/", "indexer/", "searcher/")):
        return
    for number, match in enumerate(_CONDITION.finditer(code)):
        guard = number == 0 and path.endswith(".h") and match.group(0).lstrip(" \t#").startswith("ifndef")
        if not guard:
            yield match.start(), "#if stands in common/base and common/codec only: make it a function there"


def check(root):
    findings = []
    programs = style_tree.built(root, "oir_program")
    library = style_tree.built(root, "oir_sources")
    for path in style_tree.files(root, ".c", ".h", ".cc"):
        path = path.replace(os.sep, "/")
        code = style_tree.without_comments(style_tree.text(root, path))
        wrong = []
        for match in _INCLUDE.finditer(code):
            message = check_include(root, path, match.group(1), match.group(2), programs, library)
            if message:
                wrong.append((match.start(), message))
        wrong.extend(check_conditions(path, code))
        for offset, message in sorted(wrong):
            # An #include's or #if's line is where its text begins, after the blanks that the pattern may take along.
            line = code.count("\n", 0, offset) + 1
            findings.append(f"{path}:{line}: {message}")
    return findings


if __name__ == "__main__":
    sys.exit(style_tree.report(check(style_tree.root_from_arguments())))
