#!/usr/bin/env python3
"""Times search engines side by side on the same queries, in the protocol of the public search-benchmark-game.

    drive.py QUERIES ROUNDS COMMAND[,COMMAND...] NAME='command line' [NAME='command line' ...] [--json FILE]

Each engine is a process that reads `COMMAND<TAB>query` a line and answers one integer a line (UNSUPPORTED where it
can't). COMMAND is TOP_10, TOP_100, TOP_1000, COUNT or TOP_100_COUNT. QUERIES has a JSON object a line: query, tags
(the first is the class). The engines take turns, round by round, so that a drift of the machine's speed hits all
alike, and all stay on one processor; the first round is not counted. For each query the fastest round counts, less the
time that `cat` takes to echo a line (the pipe's own cost, measured in the same rounds). Printed are the mean and the
99th percentile for each class in microseconds, the ratio to the best other engine, and queries on which counts differ:
then the exit code is 1.

FILE gets an object for each command: floor (the pipe's cost), rounds, classes (class: number of queries), differing
(how many counts differ), table (class: engine: mean, p99, count) and fastest (engine: query: us, pipe included).
"""

import collections
import json
import os
import random
import shlex
import subprocess
import sys
import time

SHOWN = 5  # differing counts that are printed


class Engine:
    """A process, and for each query its fastest round and its answer."""

    def __init__(self, name, command_line):
        self.name = name
        self.process = subprocess.Popen(shlex.split(command_line), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.fastest = {}
        self.answers = {}

    def ask(self, command, query):
        """The answer as bytes, and microseconds."""
        line = f"{command}\t{query}\n".encode()
        start = time.perf_counter()
        self.process.stdin.write(line)
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        took = (time.perf_counter() - start) * 1e6
        if not answer:
            sys.exit(f"drive.py: {self.name} died on {line.decode().strip()}")
        return answer, took

    def ask_all(self, command, queries, counted):
        for query in queries:
            answer, took = self.ask(command, query)
            if answer == b"UNSUPPORTED":
                continue
            self.answers[query] = int(answer)
            if counted:
                self.fastest[query] = min(self.fastest.get(query, 1e18), took)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def run(command, queries, rounds, engines):
    """Lets the engines take turns; answers the pipe's own cost in microseconds."""
    order = [q["query"] for q in queries]
    random.Random(2).shuffle(order)
    echo, echoes = Engine("cat", "cat"), []
    for turn in range(rounds + 1):
        echoes.extend(echo.ask(command, query)[1] for query in order)
        for engine in engines:
            engine.ask_all(command, order, turn > 0)
    echo.close()
    for engine in engines:
        engine.close()
    echoes.sort()
    return echoes[len(echoes) // 20]


def summarise(queries, engines, floor):
    """{class: {engine: (mean, 99th percentile, number of queries)}}"""
    table = collections.defaultdict(dict)
    for engine in engines:
        by_class = collections.defaultdict(list)
        for q in queries:
            if q["query"] in engine.fastest:
                net = max(engine.fastest[q["query"]] - floor, 0.1)
                by_class[q["tags"][0]].append(net)
                by_class["all"].append(net)
        for kind, times in by_class.items():
            times.sort()
            last = times[min(len(times) - 1, int(len(times) * 0.99))]
            table[kind][engine.name] = sum(times) / len(times), last, len(times)
    return table


def print_table(command, rounds, floor, table, names):
    print(
        f"== {command} (mean / p99 in us of each query's fastest of {rounds}, less {floor:.1f} for the pipe; "
        "x = mean over the best other engine's)"
    )
    for kind in sorted(table):
        cells = []
        for name in names:
            if name not in table[kind]:
                continue
            mean, last, count = table[kind][name]
            others = [t[0] for other, t in table[kind].items() if other != name and t[2] == count]
            cells.append(f"{name} {mean:.1f}/{last:.0f}" + (f" x{mean / min(others):.2f}" if others else ""))
        print(f"{kind:20s} " + "  ".join(cells))


def compare_counts(queries, engines):
    differing = 0
    for q in queries:
        got = {e.name: e.answers[q["query"]] for e in engines if q["query"] in e.answers}
        if len(set(got.values())) > 1:
            differing += 1
            if differing <= SHOWN:
                print("counts differ:", q["query"], got)
    print("queries on which counts differ:", differing, flush=True)
    return differing


def stay_on_one_processor():
    """Driver and engines alike: whether an answer wakes another processor is chance, and costs 15 us or more."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def main(arguments):
    dump = None
    stay_on_one_processor()
    if "--json" in arguments:
        at = arguments.index("--json")
        dump = arguments[at + 1]
        del arguments[at : at + 2]
    if len(arguments) < 4 or any("=" not in a for a in arguments[3:]):
        sys.exit(__doc__)
    with open(arguments[0], encoding="utf-8") as file:
        queries = [json.loads(line) for line in file]
    rounds, commands = int(arguments[1]), arguments[2].split(",")
    differing, everything = 0, {}
    for command in commands:
        engines = [Engine(*argument.split("=", 1)) for argument in arguments[3:]]
        floor = run(command, queries, rounds, engines)
        table = summarise(queries, engines, floor)
        print_table(command, rounds, floor, table, [e.name for e in engines])
        differ = compare_counts(queries, engines) if "COUNT" in command else 0
        differing += differ
        everything[command] = {
            "floor": round(floor, 2),
            "rounds": rounds,
            "classes": collections.Counter(q["tags"][0] for q in queries),
            "differing": differ,
            "table": {
                kind: {name: dict(zip(("mean", "p99", "count"), cell)) for name, cell in row.items()}
                for kind, row in table.items()
            },
            "fastest": {e.name: {query: round(us, 2) for query, us in e.fastest.items()} for e in engines},
        }
    if dump:
        with open(dump, "w", encoding="utf-8") as file:
            json.dump(everything, file)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
