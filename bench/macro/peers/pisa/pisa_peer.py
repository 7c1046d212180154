#!/usr/bin/env python3
"""PISA as a peer of the search comparison, through the compiled module inside its Python wheel (no Java).

    python3 -m venv VENV && VENV/bin/pip install --no-deps pyterrier-pisa==0.4.9 tbb==2020.3.254 numpy
    VENV/bin/python pisa_peer.py index DIR [THREADS] < corpus.jsonl    frequencies only: PISA stores no positions
    VENV/bin/python pisa_peer.py query DIR [ALGORITHM]                 COMMAND<TAB>query a line in, an integer a line out

Answers TOP_k for unions and single terms (block_max_maxscore unless told) and for conjunctions (block_max_ranked_and);
the rest is UNSUPPORTED. About 5 us of each answer are Python's, not PISA's. Its idf is ln((N - n + .5) / (n + .5)), with
a floor, so its scores differ from those of the others.
"""

import ctypes
import glob
import importlib.util
import os
import sys
import sysconfig

import numpy

UNION, INTERSECTION = "block_max_maxscore", "block_max_ranked_and"
BATCH = 10_000_000  # documents: several batches can hang
NOT_ASKED = ("fwd", "inv.docs", "inv.freqs")  # what only building needs


def load_pisa():
    ctypes.CDLL(os.path.join(sys.prefix, "lib", "libtbb.so.2"), mode=ctypes.RTLD_GLOBAL)
    module = glob.glob(os.path.join(sysconfig.get_paths()["platlib"], "pyterrier_pisa", "_pisathon*.so"))[0]
    spec = importlib.util.spec_from_file_location("_pisathon", module)
    pisa = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pisa)
    return pisa


def open_index(pisa, folder):
    context = pisa.RetrievalContext()
    pisa.prepare_index(
        context, folder, "block_simdbp", "bm25", "", block_size=64, quantize=0, bm25_k1=1.2, bm25_b=0.75, stop_fname=""
    )
    return context


def index_lines(pisa, folder, threads):
    os.makedirs(folder)
    count = 0
    with open(f"{folder}/in.txt", "w", encoding="utf-8") as out:
        for count, line in enumerate(sys.stdin, 1):
            at = line.index('"text": "') + 9
            out.write(f"d{count} {line[at:line.rindex(chr(34))]}\n")
    pisa.index(f"{folder}/in.txt", folder, "", BATCH, threads)
    os.unlink(f"{folder}/in.txt")
    if pisa.num_docs(folder) != count:
        sys.exit(f"pisa_peer.py: {pisa.num_docs(folder)} documents of {count}")
    open_index(pisa, folder)  # which compresses the lists
    for name in NOT_ASKED:
        if os.path.exists(f"{folder}/{name}"):
            os.unlink(f"{folder}/{name}")


def answer_lines(pisa, folder, algorithm):
    context = open_index(pisa, folder)
    for line in sys.stdin:
        command, query = line.rstrip("\n").split("\t")
        signs = {word[0] if word[0] in '+-"' else "" for word in query.split()}
        if "COUNT" in command or len(signs) > 1 or signs & {'"', "-"}:
            print("UNSUPPORTED", flush=True)
            continue
        k = int(command[4:])
        names = numpy.empty(k, object)
        ids, ranks, scores = (numpy.empty(k, kind) for kind in (numpy.int32, numpy.int32, numpy.float32))
        got = pisa.retrieve(
            context,
            INTERSECTION if "+" in signs else algorithm,
            [(0, query.replace("+", ""))],
            k=k,
            threads=1,
            query_weighted=1,
            pretokenised=False,
            result_qidxs=ids,
            result_docnos=names,
            result_ranks=ranks,
            result_scores=scores,
        )
        print(got, flush=True)


def main(arguments):
    if len(arguments) not in (2, 3) or arguments[0] not in ("index", "query"):
        sys.exit(__doc__)
    pisa, option = load_pisa(), arguments[2:]
    if arguments[0] == "index":
        index_lines(pisa, arguments[1], int(option[0]) if option else 1)
    else:
        answer_lines(pisa, arguments[1], option[0] if option else UNION)


if __name__ == "__main__":
    main(sys.argv[1:])
