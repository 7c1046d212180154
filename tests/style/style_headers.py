"""Every header compiles alone, twice in a row: the public ones under strict warnings, as C11 or as C++17; the private
ones as C11.
    style_headers.py ROOT c|c++ COMPILER [OPTION...]"""

import os
import subprocess
import sys

import style_tree

STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]


def compile_alone(root, command, name):
    source = f"#include {name}\n#include {name}\n"
    result = subprocess.run(command, input=source, cwd=root, capture_output=True, text=True)
    return None if result.returncode == 0 else result.stderr.strip()


def check(root, language, compiler):
    findings = []
    standard = {"c": "-std=c11", "c++": "-std=c++17"}[language]
    public = [*compiler, standard, *STRICT, "-Icommon/include", "-x", language, "-"]
    private = [*compiler, standard, *STRICT, "-D_DEFAULT_SOURCE", "-D_POSIX_C_SOURCE=200809L",
               "-Icommon/include", "-Icommon", "-I.", "-x", language, "-"]
    for path in style_tree.files(root, ".h"):
        path = path.replace(os.sep, "/")
        message = None
        if path.startswith("common/include/"):
            message = compile_alone(root, public, f"<{path.removeprefix('common/include/')}>")
        elif language == "c" and path.startswith(("common/", "indexer/", "searcher/")):
            message = compile_alone(root, private, f'"{path}"')
        if message:
            findings.append(f"{path}:1: does not compile alone as {standard[5:]}:\n{message}")
    return findings


if __name__ == "__main__":
    sys.exit(style_tree.report(check(os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3:])))
