#!/usr/bin/env python3
"""Builds a real English text collection from the documentation packages of Debian 12.

    /usr/bin/python3 make_debian_docs.py FOLDER          (wants the package python3-lxml)

downloads the packages named below with apt-get (nothing is installed), takes the text out of their HTML, text, reST and
man pages, drops duplicates, and writes

    FOLDER/docs.jsonl        {"id", "title", "body"}: about 86,000 documents, 640 MB
    FOLDER/corpus.jsonl      {"id", "text"}: the same, lower-cased, every run of other than a-z one space (the form of
                             the public search-benchmark-game): about 480 MB
    FOLDER/passages.jsonl    corpus.jsonl cut into passages of 48 words: about 1.7 million

The order of the lines is fixed by a seed, so that two machines build the same files from the same packages.
"""

import gzip
import hashlib
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys

import lxml.html

from text_words import text_words

PACKAGES = """linux-doc-6.12 openjdk-17-doc erlang-doc rust-doc cppreference-doc-en-html postgresql-doc-15
python3.11-doc perl-doc racket-doc ghc-doc python-pandas-doc python-scipy-doc scala-doc libstdc++-12-doc
debian-reference-en dict-gcide dict-jargon dict-foldoc sagemath-doc git-doc python-django-doc
libboost1.81-doc libboost1.74-doc debian-handbook vim-doc manpages manpages-dev""".split()
SEED = 1
PASSAGE = 48  # words
LONGEST_FILE = 4_000_000
SHORTEST_BODY = 200
TEXT_SIZES = range(100, 300_001)


def text_of_html(raw, title):
    """(title, text); None when it is no HTML."""
    try:
        tree = lxml.html.fromstring(raw)
    except Exception:  # lxml raises many kinds on what is damaged, and a document less is no loss
        return None
    head = tree.find(".//title")
    if head is not None and head.text_content().strip():
        title = head.text_content()
    for node in list(tree.iter("script", "style", "nav", "header", "footer")):
        try:
            node.drop_tree()
        except Exception:  # dropped with its parent already
            pass
    return title, " ".join(tree.itertext())


def document_of(job):
    """One file as a document; None for what is not to be read, or is too short."""
    root, path = job
    try:
        with gzip.open(path) if path.endswith(".gz") else open(path, "rb") as file:
            raw = file.read(LONGEST_FILE)
    except OSError:
        return None
    name = path[:-3] if path.endswith(".gz") else path
    title = os.path.basename(name)
    if name.endswith((".html", ".htm")):
        found = text_of_html(raw, title)
        if found is None:
            return None
        title, body = found
    else:
        try:
            body = raw.decode("utf-8")
        except UnicodeDecodeError:
            body = raw.decode("latin-1")
    body = re.sub(r"[ \t\r\f]+", " ", body)
    body = re.sub(r"\s*\n\s*", "\n", body).strip()
    if len(body) < SHORTEST_BODY:
        return None
    return {"id": path[len(root) :], "title": re.sub(r"\s+", " ", title).strip()[:200], "body": body}


def fetch(debs, root):
    for package in PACKAGES:
        if any(name.startswith(package + "_") for name in os.listdir(debs)):
            continue
        if subprocess.run(["apt-get", "download", package], cwd=debs, capture_output=True, check=False).returncode:
            print("make_debian_docs.py: not to be had, left out:", package, file=sys.stderr)
    for deb in sorted(os.listdir(debs)):
        subprocess.run(["dpkg", "-x", os.path.join(debs, deb), root], check=True)


def files_of(root):
    found = []
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            bare = name[:-3] if name.endswith(".gz") else name
            path = os.path.join(folder, name)
            wanted = bare.endswith((".html", ".htm", ".txt", ".rst")) or re.search(r"\.\d\w*$", bare)
            if wanted and not os.path.islink(path):
                found.append((root, path))
    return found


def write(documents, out):
    """Answers how many documents and passages there are."""
    seen, count, passages = set(), 0, 0
    paths = [os.path.join(out, name + ".jsonl") for name in ("docs", "corpus", "passages")]
    # Under other names first: a file of its own name is whole.
    docs, corpus, cut = (open(path + ".new", "w", encoding="utf-8") for path in paths)
    with docs, corpus, cut:
        for document in documents:
            if document is None:
                continue
            key = hashlib.sha1(document["body"].encode()).digest()
            if key in seen:
                continue
            seen.add(key)
            docs.write(json.dumps(document, ensure_ascii=False) + "\n")
            text = text_words(document["body"])
            if len(text) not in TEXT_SIZES:
                continue
            corpus.write(json.dumps({"id": document["id"], "text": text}) + "\n")
            count += 1
            words = text.split()
            for at in range(0, len(words), PASSAGE):
                passage = {"id": f"{document['id']}#{at}", "text": " ".join(words[at : at + PASSAGE])}
                cut.write(json.dumps(passage) + "\n")
                passages += 1
    for path in paths:
        os.replace(path + ".new", path)
    return count, passages


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    out = os.path.abspath(arguments[0])
    debs, root = os.path.join(out, "debs"), os.path.join(out, "tree")
    os.makedirs(debs, exist_ok=True)
    os.makedirs(root, exist_ok=True)
    fetch(debs, root)
    files = files_of(root)
    random.Random(SEED).shuffle(files)
    with multiprocessing.Pool() as pool:
        count, passages = write(pool.imap(document_of, files, 64), out)
    print(f"{count} documents, {passages} passages")


if __name__ == "__main__":
    main(sys.argv[1:])
