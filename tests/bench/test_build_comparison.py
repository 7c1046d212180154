"""bench/macro/build: tables and charts of made-up measurements, what is seen of a process, and the whole command with
engines that are shell scripts."""

import copy
import gzip
import json
import os
import sys
import unittest

from macro_work import MACRO, MacroWork
from svg_check import SvgCheck

sys.path.insert(0, MACRO)

import build_chart  # noqa: E402
import build_standing  # noqa: E402
import build_table  # noqa: E402
import standing  # noqa: E402
import watch  # noqa: E402
from watch import PROCESSORS  # noqa: E402

STAGES = ("read", "break", "invert", "flush", "merge", "reorder", "pairs", "sync", "finish")
MB = 10**6
SECONDS = {"oir": 1, "oir-2-threads": 0.5, "oir-pairs": 1.25, "oir-optimised": 1.75, "slow<&>": 4, "lucene": 3}


def made_up_build(name, seconds):
    build = dict.fromkeys(("seconds", "processor"), seconds)
    build.update(syncing=0.1, private=200 * MB, resident=300 * MB, written=400 * MB, disk=150 * MB, index=100 * MB)
    build["parts"] = {"positions": 60 * MB, "pairs": 10 * MB, "tiny": 1}
    if name.startswith("oir"):
        build["stages"] = dict.fromkeys(STAGES, seconds / len(STAGES))
    return build


def made_up_run():
    """Three rounds, of which one is half as quick and one twice."""
    builds = {name: [made_up_build(name, s * factor) for factor in (2, 1, 0.5)] for name, s in SECONDS.items()}
    collection = {"documents": 50000, "text": 200 * MB, "builds": builds}
    growth = {"documents": 1000, "text": 4 * MB, "builds": {"oir": [made_up_build("oir", 0.1)]}}
    larger = {"documents": 10000, "text": 40 * MB, "builds": {"oir": [made_up_build("oir", 1.5)]}}
    return {
        "about": [["date", "2026-01-02"], ["machine", "2 x Example"], ["rounds", "median of 3 rounds, in turns"]],
        "engines": {
            name: {"version": f"{name} 1.0", "own": name.startswith("oir"), "memory": 2**30 if "oir" in name else None}
            for name in SECONDS
        },
        "missing": ["ghost: no program"],
        "collections": {"corpus": collection, "made": copy.deepcopy(collection)},
        "growth": {"1000": growth, "10000": larger},
    }


def goals():
    return standing.read_goals()["build"]


class Standing(unittest.TestCase):
    def setUp(self):
        self.run_ = made_up_run()

    def judged(self):
        return {(goal.where, goal.what): goal for goal in build_standing.goals_of(self.run_, goals())}

    def test_rows(self):
        rows, best = build_standing.rows_of(self.run_, self.run_["collections"]["corpus"])
        self.assertEqual([row.name for row in rows], list(SECONDS))
        self.assertEqual(best.name, "lucene")
        own = rows[0]
        self.assertEqual((own.speed, own.lowest, own.highest, own.documents), (200, 100, 400, 50000))
        self.assertAlmostEqual(own.ratio, 3)
        self.assertAlmostEqual(rows[1].to_own, 2)

    def test_goals(self):
        found = self.judged()
        self.assertTrue(found["corpus", "speed to that of lucene"].met)
        paired = found["corpus", "speed with pairs of words to that of lucene"]
        self.assertAlmostEqual(paired.value, 2.4)
        self.assertFalse(paired.met)
        self.assertTrue(found["corpus", "speed of two threads to that of one"].met)
        self.assertFalse(found["corpus", "time of reordering to that of the build"].met)
        size = found["corpus", "oir: index without pairs to that of lucene"]
        self.assertAlmostEqual(size.value, 0.9)
        self.assertFalse(size.met)
        self.assertFalse(found["corpus", "bytes written to the index's, at worst (oir-pairs)"].met)
        self.assertFalse(found["growth", "oir: time for a document, longest to shortest"].met)
        self.assertNotIn(("made", "speed to that of lucene"), found)  # there is no goal for it

    def test_oir_alone(self):
        for collection in self.run_["collections"].values():
            collection["builds"] = {"oir": collection["builds"]["oir"]}
        self.assertNotIn(("corpus", "speed to that of lucene"), self.judged())
        text = build_table.write(self.run_, goals())
        self.assertIn("| oir | 200 | 100 – 400 | 50,000 | – | 1.00 |", text)


class Table(unittest.TestCase):
    def test_content(self):
        text = build_table.write(made_up_run(), goals(), [("A chart", "a.svg")])
        for expected in (
            "- missing: ghost: no program",
            "![A chart](a.svg)",
            "| oir | 200 | 100 – 400 | 50,000 | 3.00 | 1.00 | 1.0 | 200 | 300 | 400 | 4.00 | 1.50 | 100 | 0.50 |",
            "- lucene: positions 60.0 MB, pairs 10.0 MB, the rest 30.0 MB",
            "| oir | 10^4 | 40.0 | 1.5 | 150 | 1.50 |",
            "| time of reordering to that of the build | corpus | **0.50** ! | at most 0.4 |",
        ):
            self.assertIn(expected, text)


class Charts(SvgCheck, unittest.TestCase):
    def test_all(self):
        for _, name, drawn in build_chart.charts_of(made_up_run()):
            self.check(drawn, "corpus", "made", "oir", *(["slow<&>"] if name != "stages.svg" else STAGES))

    def test_axis_holds_the_bars(self):
        for highest in (0, 1e-4, 0.9, 1, 2.1, 5, 49, 50, 1234567):
            step = build_chart.axis_of([build_chart.Bar("", [("", highest)], "")])
            self.assertTrue(highest <= step * build_chart.TICKS)


MAPS = """
import mmap, time
with open("{folder}/dirty", "wb+") as file:
    file.truncate(32 << 20)
    mapped = mmap.mmap(file.fileno(), 32 << 20)
    end = time.monotonic() + 2
    while time.monotonic() < end:  # the system may write them to the disk at any time, and then they are clean
        for at in range(0, 32 << 20, 4096):
            mapped[at] = 1
"""


class Watching(MacroWork, unittest.TestCase):
    def watch(self, command, patience=60, one=False):
        self.write("yard/.keep", "")
        self.write("lines", "x\n")
        self.log = os.path.join(self.folder, "log")
        yard, lines = os.path.join(self.folder, "yard"), os.path.join(self.folder, "lines")
        return watch.run(command, lines, yard, self.log, patience, one)

    def test_dirty_pages_of_files_count(self):
        """Also those of a child."""
        program = MAPS.format(folder=os.path.join(self.folder, "yard"))
        seen = self.watch(["sh", "-c", '"$0" -c "$1"; echo done', sys.executable, program], one=True)
        self.assertGreaterEqual(seen["private"], 32 << 20)
        self.assertGreaterEqual(seen["disk"], 32 << 20)
        self.assertEqual(seen["said"], "done\n")
        if not watch.in_memory(self.folder):
            self.assertGreaterEqual(seen["written"], 32 << 20)

    @unittest.skipIf(len(PROCESSORS) < 2, "there is one processor only")
    def test_processors(self):
        """Of the command's children too; whoever looks stays away from the one that is held."""
        count = f'"{sys.executable}" -c "import os; print(sorted(os.sched_getaffinity(0)))"; true'
        self.assertEqual(self.watch(["sh", "-c", count], one=True)["said"], f"{PROCESSORS[-1:]}\n")
        self.assertNotIn(PROCESSORS[-1], os.sched_getaffinity(0))
        self.assertEqual(self.watch(["sh", "-c", count])["said"], f"{PROCESSORS}\n")

    def test_failures(self):
        self.assertIsNone(self.watch(["sh", "-c", "echo bad >&2; exit 3"]))
        self.assertEqual(self.read("log"), "bad\n")
        self.assertIsNone(self.watch(["sleep", "60"], 0.1))
        self.assertIn("took longer than 0.1 s", self.read("log"))


OWN = """#!/bin/sh
case "$*" in *--threads*) echo 'no such option' >&2; exit 2 ;; esac
mkdir "$2" && cat >"$2/segment-1"
echo '{"documents": 3, "text": 9, "stages": {"read": 0.1, "finish": 0.2},'
echo '"segments": [{"parts": {"terms": 5}}, {"parts": {"terms": 6}}]}'
"""
PEER = """#!/bin/sh
[ $1 = index ] || exit 2
cat >"$2"
"""
FULL = """#!/bin/sh
mkdir "$2" && cat >"$2/$1.full"
[ $(wc -l <"$2/$1.full") = 1 ] || [ $1 = index-full ] || { echo "no room in $2" >&2; exit 1; }
"""


class WholeCommand(MacroWork, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.write("data/tiny.jsonl", '{"id": "1", "text": "a b"}\n' * 3)
        self.write("data/docs.jsonl", '{"id": "1", "title": "A", "body": "a b"}\n' * 3)
        self.write("tools/oir-bench", OWN, 0o755)
        self.write("bin/steady", PEER, 0o755)
        self.write("bin/steady.version", "Steady 1.2\n")
        self.write("bin/whole", FULL, 0o755)
        with gzip.open(os.path.join(self.folder, "news.gz"), "wt") as file:
            file.write('{"id": "7", "title": "A-B", "body": "c, D"}\n')

    def test_results(self):
        said = self.start(
            "build", "--programs", os.path.join(self.folder, "tools"), "--collections", "tiny,docs,reuters,gone",
            "--peers", "steady,whole,ghost", "--rounds", "2", "--reuters", os.path.join(self.folder, "news.gz"),
        )  # fmt: skip
        for expected in (
            "missing: ghost: no program",
            "missing: oir-2-threads: failed (no such option)",
            "missing: steady for the full analyser: they know no index-full",
            "missing: whole for tiny: failed (no room in DIR/run/build/index)",
            "missing: gone: there is no data/gone.jsonl in DIR",
        ):
            self.assertIn(expected, said)
        to, files = self.results("build")
        self.assertEqual(files, ["README.md", "build.json", "memory.svg", "size.svg", "speed.svg", "stages.svg"])
        run = json.loads(self.read(os.path.join(to, "build.json")))
        self.assertEqual(list(run["collections"]), ["tiny", "docs", "reuters"])
        self.assertEqual({n: len(b) for n, b in run["collections"]["tiny"]["builds"].items() if n in ("oir", "steady")},
                         {"oir": 2, "steady": 2})  # fmt: skip
        self.assertNotIn("whole", run["collections"]["tiny"]["builds"])
        self.assertEqual(len(run["collections"]["docs"]["builds"]["whole"]), 2)
        self.assertEqual(run["collections"]["tiny"]["builds"]["oir"][0]["parts"], {"terms": 11})
        self.assertEqual(self.read("data/reuters.jsonl"), '{"id": "7", "text": "a b c d"}\n')
        self.assertEqual(os.listdir(os.path.join(self.folder, "run", "build")), [])  # indexes are removed


if __name__ == "__main__":
    unittest.main()
