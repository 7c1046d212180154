"""Names: what is compiled is called after its file, and what is exported is what the public headers declare.

Asks nm, so that it judges what was built and need not understand C:
    style_symbols.py ROOT SHARED STATIC|- OBJECT...     (- where the static library is an ordinary archive)"""

import os
import re
import subprocess
import sys

import style_comments
import style_tree


def symbols(path, *options):
    """{name: kind} of what nm finds defined and visible to other files."""
    output = subprocess.run(
        ["nm", "--extern-only", "--defined-only", *options, path], check=True, capture_output=True, text=True
    ).stdout
    found = {}
    for line in output.splitlines():
        parts = line.split()
        # Names with two leading underscores belong to compiler and sanitizers.
        if len(parts) == 3 and not parts[2].startswith("__"):
            found[parts[2].split("@")[0]] = parts[1]
    return found


def prefixes(path):
    """simd_avx2.c may define simd_avx2_..., simd_... and oir_..."""
    parts = os.path.splitext(os.path.basename(path))[0].split("_")
    return ["_".join(parts[:n]) for n in range(len(parts), 0, -1)] + ["oir"]


def source_of(root, object_path):
    """common/base/buffer.c, from .../oir_objects.dir/common/base/buffer.c.o"""
    source = object_path.replace(os.sep, "/").split(".dir/", 1)[-1]
    source = re.sub(r"\.(o|obj)$", "", source)
    return source if os.path.isfile(os.path.join(root, source)) else os.path.basename(source)


def line_of(root, source, name):
    if os.path.isfile(os.path.join(root, source)):
        for number, line in enumerate(style_tree.lines(root, source), 1):
            # A definition starts its line: calls and locals are indented.
            if re.match(r"[A-Za-z_]", line) and re.search(rf"\b{re.escape(name)}\b", line):
                return number
    return 1


def check_prefixes(root, objects):
    for path in objects:
        source = source_of(root, path)
        allowed = prefixes(source)
        for name in sorted(symbols(path)):
            if name != "main" and not any(name == prefix or name.startswith(prefix + "_") for prefix in allowed):
                place = f"{source}:{line_of(root, source, name)}"
                yield f"{place}: {name} should be static, or start with {allowed[0]}_"


def declared(root):
    """{function: place} of the public headers."""
    found = {}
    for path in style_tree.files(root, ".h"):
        if path.replace(os.sep, "/").startswith(style_comments.PUBLIC + "/"):
            code = style_tree.without_comments(style_tree.text(root, path))
            for line, kind, name in style_comments.declarations(code):
                if kind == "function":
                    found[name] = f"{path}:{line}"
    return found


def check_exports(root, shared, static):
    public = declared(root)
    exported = symbols(shared, "--dynamic")
    for name in sorted(public.keys() - exported.keys()):
        yield f"{public[name]}: {name} is declared, but {os.path.basename(shared)} does not export it"
    for name in sorted(exported.keys() - public.keys()):
        yield f"{os.path.basename(shared)}: exports {name}, which no public header declares"
    if static != "-":
        for name in sorted(symbols(static).keys() - public.keys()):
            yield f"{os.path.basename(static)}: exports {name}, which no public header declares"


def check(root, shared, static, objects):
    return [*check_prefixes(root, objects), *check_exports(root, shared, static)]


if __name__ == "__main__":
    sys.exit(style_tree.report(check(os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])))
