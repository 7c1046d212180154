#!/usr/bin/env python3
"""Draws queries from a collection, in the form of the public search-benchmark-game.

    make_queries.py corpus.jsonl SEED COUNT > queries.txt

Each of COUNT word sequences that do occur in the collection is asked three ways (+a +b, "a b", a b); then COUNT / 2
each of mixed (+a b c), negated (+a -b) and single-term queries. A JSON object a line: query, tags (the first is the
class). The same collection, seed and count give the same queries.
"""

import json
import random
import sys

SAMPLE = 0.03  # of the documents, those of SHORTEST words or more
SHORTEST = 40
LENGTHS, SHARES = [2, 3, 4, 5], [66, 28, 4, 2]  # words of a sequence, and how often in a hundred


def sample(path, rng):
    documents = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if rng.random() < SAMPLE:
                words = json.loads(line)["text"].split()
                if len(words) >= SHORTEST:
                    documents.append(words)
    return documents


def draw(documents, rng, count):
    """A sequence of different words, none of them very short or long."""
    while True:
        words = rng.choice(documents)
        at = rng.randrange(len(words) - count)
        found = words[at : at + count]
        if len(set(found)) == count and all(2 <= len(word) < 20 for word in found):
            return found


def say(query, kind, count):
    print(json.dumps({"query": query, "tags": [kind, f"{kind}:num_tokens_{count if count <= 3 else '>3'}"]}))


def main(arguments):
    if len(arguments) != 3:
        sys.exit(__doc__)
    rng, count = random.Random(int(arguments[1])), int(arguments[2])
    documents = sample(arguments[0], rng)
    if not documents:
        sys.exit(f"make_queries.py: {arguments[0]} is too small: no document of {SHORTEST} words in the sample")
    for _ in range(count):
        length = rng.choices(LENGTHS, SHARES)[0]
        words = draw(documents, rng, length)
        say(" ".join("+" + word for word in words), "intersection", length)
        say('"' + " ".join(words) + '"', "phrase", length)
        say(" ".join(words), "union", length)
    for _ in range(count // 2):
        words = draw(documents, rng, rng.choice([3, 4]))
        say("+" + words[0] + " " + " ".join(words[1:]), "intersection_union", len(words))
        words = draw(documents, rng, 2)
        say(f"+{words[0]} -{words[1]}", "negated", 2)
        say(draw(documents, rng, 2)[0], "term", 1)


if __name__ == "__main__":
    main(sys.argv[1:])
