"""The format is what its description says: a reader made from that alone (oir_format.py) finds the same in an index as
the library does, and what the library does not show, bounds, pairs and shortcuts, is true of the rest.

    test_format.py OIR_GOLDEN DATA            DATA: where golden indexes are, of all versions
    test_format.py OIR_GOLDEN FOLDER write    FOLDER: of one version; writes what they say, digested, to digests.txt
"""

import hashlib
import os
import subprocess
import sys
import tempfile

import oir_format
from format_file import met, need
from format_lists import RANGE, WINDOW

NAMES = ("reordered", "odd", "wide")
# What writers can do without (common/base/paths.h): each of those forms gives way to others somewhere.
WITHOUT = ("", "inlined,tight,even,narrow,marked,counted", "short,extents,implied,bitset", "dense,tight",
           "sparse,marked")
# Forms that must be met in the golden indexes, beside those that are met by chance.
MET = {
    "inlined", "short", "sparse", "dense", "short, large wdf", "sparse, large wdf", "dense, large wdf", "base 0",
    "base 1", "exceptions", "window of bits", "window of counts", "1 positions", "2 positions", "3 positions",
    "1 positions, far", "2 positions, far", "3 positions, far", "inlined, positions 1", "short, positions 1",
    "sparse, positions 1", "dense, positions 1", "short, positions 2", "sparse, positions 2", "dense, positions 2",
    "offsets of 2, narrow", "flag 1", "flag 2", "flag 4", "flag 8", "position base 0", "position base 1", "extents",
    "extents by window", "extents are lengths", "docids in a row", "docids with gaps", "docids without order",
    "shortcuts", "far docids", "stored by method 0", "stored by method 1", "stored by method 2", "values of form 0",
    "values of form 1", "values of form 2", "offsets of values of 0 bytes", "offsets of values of 1 bytes",
    "offsets of values of 2 bytes", "offsets of values of 4 bytes", "pair, short", "pair, sparse", "pair, marks",
    "code 0 of extra", "code 1 of extra", "code 2 of extra", "code 3 of extra", "code 0 of wdf_max",
    "code 1 of wdf_max", "code 2 of wdf_max", "code 3 of wdf_max",
} | {f"part {kind}" for kind in (*range(1, 11), 14, 15)}
# Those that only the other indexes have.
MET_ELSEWHERE = {"large object", "offsets of 4, wide", "offsets of 4, narrow"}


def check_bounds(segment, made):
    """postings_writer.c: what windows, ranges and the best documents reach."""
    average = segment.average or 1
    saturations = []
    for d, wdf in zip(made.documents, made.wdf):
        norm = segment.k1 * (1 - segment.b + segment.b * segment.lengths[d] / average)
        saturations.append(wdf / (wdf + norm) if wdf else 0)

    def reached(byte):
        return (made.low + (made.high - made.low) * byte / 255) / 65535

    for size, bounds in (WINDOW, dict(enumerate(made.by_window))), (RANGE, made.by_range):
        if bounds is None:
            continue
        has = {part for part, byte in bounds.items() if byte}
        need({d // size for d in made.documents} == has, "where documents are")
        for d, s in zip(made.documents, saturations):
            need(s <= reached(bounds[d // size]) * (1 + 1e-9), f"bound of document {d}")
    for count, byte in zip((3, 10, 30, 100, 300, 1000), made.tops):
        need(byte == 0 or sum(s >= reached(byte - 1) for s in saturations) >= count, "what the best documents reach")


def check_pairs(segment):
    """A pair's documents are those in which the second word stands right behind the first."""
    places = {}
    for first, second, _, documents in segment.pairs():
        for e in first, second:
            if e["term"] not in places:
                made = segment.list_of(e)
                places[e["term"]] = dict(zip(made.documents, map(set, segment.positions_of(e, made))))
        one, other = places[first["term"]], places[second["term"]]
        truth = [d for d in one if d in other and any(p + 1 in other[d] for p in one[d])]
        need(documents == truth, f"documents of {first['term']} {second['term']}")


def check_segment(segment):
    for e in segment.terms:
        made = segment.list_of(e)
        need(e["collection_freq"] == sum(made.wdf) and e["wdf_max"] == max(made.wdf), "an entry's numbers")
        need(made.documents == sorted(set(made.documents)) and made.documents[-1] < segment.count, "documents")
        if made.by_window is not None:
            check_bounds(segment, made)
    for e in segment.frequent():
        need({**segment.by_name[e["term"]], **e, "positions_address": 0} ==
             {**segment.by_name[e["term"]], "positions_address": 0}, "a frequent term")
        need(not e["positions_size"] or e["positions_address"] == segment.by_name[e["term"]]["positions_address"],
             "where a frequent term's positions are")
    for local, docid in enumerate(segment.docids):
        need(segment.find(docid) == local, f"the way from docid {docid}")
    check_pairs(segment)


def check_alone(folder):
    """The index's lines, once all that they do not show is found right."""
    index = oir_format.Index(folder)
    for segment in index.segments:
        check_segment(segment)
    return "".join(line + "\n" for line in index.dump()).encode()


def check(golden, folder):
    """The index's lines, which are the library's."""
    lines = check_alone(folder)
    said = subprocess.run([golden, "dump", folder], check=True, stdout=subprocess.PIPE).stdout
    for number, (mine, theirs) in enumerate(zip(lines.split(b"\n"), said.split(b"\n"))):
        need(mine == theirs, f"{folder}: line {number + 1} is {mine[:200]}, the library says {theirs[:200]}")
    need(lines == said, "one says more than the other")
    return lines


def check_committed(golden, data, write):
    path = os.path.join(data, "digests.txt")
    made = "".join(f"{name} {hashlib.sha256(check(golden, os.path.join(data, name))).hexdigest()}\n" for name in NAMES)
    need(not MET - met, f"no golden index has {sorted(MET - met)}")
    if write:
        with open(path, "w", encoding="ascii") as file:
            file.write(made)
        return
    with open(path, encoding="ascii") as file:
        need(made == file.read(), "a golden index says other than it did")


def check_made(golden):
    with tempfile.TemporaryDirectory() as scratch:
        content = {}
        for number, without in enumerate(WITHOUT):
            for name in NAMES if without else (*NAMES, "large"):
                folder = os.path.join(scratch, f"{name}-{number}")
                subprocess.run([golden, "make", name, folder], check=True, env={**os.environ, "OIR_PATHS": without})
                lines = check_alone(folder) if without else check(golden, folder)
                said = [line for line in lines.split(b"\n") if not line.startswith(b"segment-")]
                need(content.setdefault(name, said) == said, f"{folder}: other forms say something else")
                print(f"{name} without {without or 'nothing'}: {len(met)} forms met")
    need(not MET_ELSEWHERE - met, f"nowhere is {sorted(MET_ELSEWHERE - met)}")


def main(golden, data, write=None):
    if write:
        check_committed(golden, data, True)
        return
    version = int(subprocess.run([golden, "version"], check=True, stdout=subprocess.PIPE).stdout)
    for number in range(1, version + 1):
        check_committed(golden, os.path.join(data, f"golden-{number}"), False)
    check_made(golden)


if __name__ == "__main__":
    main(*sys.argv[1:])
