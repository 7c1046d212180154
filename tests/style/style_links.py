"""Links between the documents of the tree lead somewhere: the file is there, and so is the heading."""

import os
import re
import sys
import urllib.parse

import style_tree

_LINK = re.compile(r"\[[^\]\n]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)


def without_code(source):
    """Markdown with fenced blocks and code spans blanked out, every line where it was."""
    source = re.sub(r"^```.*?^```", lambda m: re.sub(r"[^\n]", " ", m.group(0)), source, flags=re.S | re.M)
    return re.sub(r"`[^`\n]*`", lambda m: " " * len(m.group(0)), source)


def anchors(source):
    found = set()
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*$", source, re.M):
        slug = re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", heading).lower()).replace(" ", "-")
        number = 0
        while (f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(f"{slug}-{number}" if number else slug)
    return found


def check(root):
    findings = []
    for path in style_tree.files(root, ".md"):
        source = without_code(style_tree.text(root, path))
        for match in _LINK.finditer(source):
            target = urllib.parse.unquote(match.group(1))
            if _ELSEWHERE.match(target):
                continue
            name, _, anchor = target.partition("#")
            file = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
            line = source.count("\n", 0, match.start()) + 1
            if not os.path.exists(os.path.join(root, file)):
                findings.append(f"{path}:{line}: {target} leads to no file")
            elif anchor and file.endswith(".md") and anchor not in anchors(style_tree.text(root, file)):
                findings.append(f"{path}:{line}: {target} leads to no heading")
    return findings


if __name__ == "__main__":
    sys.exit(style_tree.report(check(style_tree.root_from_arguments())))
