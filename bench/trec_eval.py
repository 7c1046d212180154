#!/usr/bin/env python3
"""Judges a TREC run, such as `oir-bench trec` prints.

    trec_eval.py QRELS RUN            ("-": standard input)

QRELS has lines of query, 0, id, grade; a grade above 0 is relevant. RUN has lines of query, Q0, id, rank, score, name,
taken in the order of rank. Printed are means over all queries of QRELS that have something relevant:
    MAP        mean average precision
    nDCG@10    gain grade, discount log2(1 + rank)  (K. Jarvelin, J. Kekalainen, 2002)
    P@10       share of relevant ones among the first ten
"""

import collections
import math
import sys


def lines(path):
    file = sys.stdin if path == "-" else open(path, encoding="utf-8")
    with file:
        for line in file:
            if line.strip():
                yield line.split()


def read_grades(path):
    grades = collections.defaultdict(dict)
    for query, _, document, grade in lines(path):
        grades[query][document] = int(grade)
    return {q: g for q, g in grades.items() if any(grade > 0 for grade in g.values())}


def read_run(path):
    run = collections.defaultdict(list)
    for query, _, document, rank, _, _ in lines(path):
        run[query].append((int(rank), document))
    return {q: [document for _, document in sorted(hits)] for q, hits in run.items()}


def average_precision(hits, grades):
    found, total = 0, 0.0
    for rank, document in enumerate(hits, 1):
        if grades.get(document, 0) > 0:
            found += 1
            total += found / rank
    return total / sum(grade > 0 for grade in grades.values())


def gain(sequence):
    return sum(max(grade, 0) / math.log2(1 + rank) for rank, grade in enumerate(sequence, 1))


def ndcg(hits, grades, depth):
    ideal = sorted(grades.values(), reverse=True)[:depth]
    return gain(grades.get(document, 0) for document in hits[:depth]) / gain(ideal)


def precision(hits, grades, depth):
    return sum(grades.get(document, 0) > 0 for document in hits[:depth]) / depth


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    grades, run = read_grades(arguments[0]), read_run(arguments[1])
    if not grades:
        sys.exit(f"trec_eval.py: nothing is relevant in {arguments[0]}")
    measures = {
        "MAP": average_precision,
        "nDCG@10": lambda hits, g: ndcg(hits, g, 10),
        "P@10": lambda hits, g: precision(hits, g, 10),
    }
    for name, measure in measures.items():
        values = [measure(run.get(query, []), g) for query, g in grades.items()]
        print(f"{name:8s} {sum(values) / len(values):.4f}")
    print(f"queries  {len(grades)}, {sum(q in run for q in grades)} of them with hits")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
