"""bench/macro: tables and charts of made-up measurements, and the whole command with engines that are shell scripts."""

import copy
import json
import os
import sys
import unittest
import xml.etree.ElementTree as ElementTree

from macro_work import MACRO, MacroWork
from svg_check import SvgCheck

sys.path.insert(0, MACRO)

import chart  # noqa: E402
import standing  # noqa: E402
import table  # noqa: E402

# A peer whose answers are right for some classes only, so that the rule for such ones is tested too.
standing.COUNTED = {
    "pisa": {
        "COUNT": {"term", "intersection", "union"},
        "TOP_10": {"term", "intersection", "union"},
        "TOP_100": {"term", "intersection"},
        "TOP_1000": {"term", "intersection"},
    }
}

TAGS = ["term", "intersection", "union", "phrase", "negated", "intersection_union"]
QUERIES = {
    "term": "a",
    "intersection": "+a +b",
    "union": "a b",
    "phrase": '"a b"',
    "negated": "+a -b",
    "intersection_union": "+a b",
}


def measured(means, count=100):
    """What drive.py says of one command; the 99th percentile is five times the mean."""
    rows = {
        tag: {name: {"mean": mean, "p99": 5 * mean, "count": count} for name, mean in means.items()} for tag in TAGS
    }
    return {"floor": 6, "rounds": 12, "classes": dict.fromkeys(TAGS, count), "differing": 0, "table": rows}


def made_up_run():
    means = {"oir": 10, "quick": 40, "slow<&>": 4000, "pisa": 20}
    commands = {command: measured(means) for command in standing.COMMANDS}
    for command in commands:
        for tag in ("phrase", "negated", "intersection_union"):
            del commands[command]["table"][tag]["pisa"]
    del commands["COUNT"]["table"]["term"]["quick"]
    commands["COUNT"]["table"]["union"]["quick"]["count"] = 99  # left out a query
    commands["TOP_10"]["table"]["term"]["oir"].update(mean=400, p99=400)
    commands["TOP_100_COUNT"]["differing"] = 3
    collection = {"documents": 1234567, "queries": 600, "notes": ["segment 0: 1 MB"], "commands": commands}
    return {
        "about": [["date", "2026-01-02"], ["machine", "2 x Example"], ["rounds", "fastest of 12 rounds"]],
        "engines": {name: {"version": f"{name} 1.0", "indexes": {"corpus": 1e8, "made": 2e8}} for name in means},
        "missing": ["ghost for corpus: no program"],
        "collections": {"corpus": collection, "made": copy.deepcopy(collection)},
    }


def cell(run, command, kind, goals=None):
    found = standing.cells_of(run, "corpus", command, goals)
    return next(c for c in found if c.kind == kind)


class Standing(unittest.TestCase):
    def setUp(self):
        self.run_ = made_up_run()
        self.goals = standing.read_goals()

    def test_goals_are_whole(self):
        for command in standing.COMMANDS:
            for kind in standing.CLASSES:
                self.assertEqual(len(self.goals["mean"][command][kind]), len(self.goals["collections"]))

    def test_best_peer(self):
        c = cell(self.run_, "TOP_10", "union")
        self.assertEqual((c.best, c.ratio, c.ratio_p99), ("pisa", 0.5, 0.5))
        c = cell(self.run_, "TOP_10", "mixed")
        self.assertEqual((c.best, c.ratio), ("quick", 0.25))

    def test_peer_that_does_not_count(self):
        c = cell(self.run_, "TOP_100", "union")
        self.assertFalse(c.peers["pisa"].counted)
        self.assertEqual(c.best, "quick")
        self.assertTrue(cell(self.run_, "TOP_100", "term").peers["pisa"].counted)

    def test_peer_that_leaves_out_queries(self):
        self.assertNotIn("quick", cell(self.run_, "COUNT", "union").peers)

    def test_goals(self):
        self.assertTrue(cell(self.run_, "TOP_100", "term", self.goals).met)
        self.assertFalse(cell(self.run_, "TOP_10", "term", self.goals).met)
        # 10 to 20 us is more than 0.2, and 1 us allowed on top does not help; with 5 us it does.
        self.assertFalse(cell(self.run_, "TOP_10", "union", self.goals).met)
        self.assertTrue(cell(self.run_, "TOP_10", "union", {**self.goals, "slack_us": 6}).met)
        self.assertIsNone(standing.goal_of(self.goals, "made", "TOP_10", "term"))

    def test_slow_tail_misses_the_goal(self):
        self.run_["collections"]["corpus"]["commands"]["TOP_100"]["table"]["term"]["oir"]["p99"] = 101
        self.assertFalse(cell(self.run_, "TOP_100", "term", self.goals).met)

    def test_no_peers(self):
        for commands in (c["commands"] for c in self.run_["collections"].values()):
            for command in commands.values():
                command["table"] = {tag: {"oir": row["oir"]} for tag, row in command["table"].items()}
        self.run_["engines"] = {"oir": self.run_["engines"]["oir"]}
        self.assertIsNone(cell(self.run_, "TOP_10", "union", self.goals).best)
        table.write(self.run_, self.goals)
        ElementTree.fromstring(chart.ratios(self.run_, "corpus", self.goals))
        ElementTree.fromstring(chart.times(self.run_, "corpus", self.goals))


class Table(unittest.TestCase):
    def setUp(self):
        self.text = table.write(made_up_run(), standing.read_goals(), [("A chart", "a.svg")])

    def test_every_table_is_even(self):
        width = None
        for line in self.text.split("\n"):
            if not line.startswith("|"):
                width = None
                continue
            width = width or line.count("|")
            self.assertEqual(line.count("|"), width, line)

    def test_content(self):
        for expected in (
            "- date: 2026-01-02",
            "- missing: ghost for corpus: no program",
            "| quick | quick 1.0 | 100.0 MB | 200.0 MB |",
            "1,234,567 documents",
            "![A chart](a.svg)",
            "### made, TOP_100_COUNT",
            "| union | 10 / 50 | 40 / 200 | 4,000 / 20,000 | (20 / 100) | quick | 0.25 | 0.25 | 0.3 |",
            "pisa does not count for union, but beat quick: the ratio to it is 0.50.",
            "**On 3 queries the engines' counts differ.**",
        ):
            self.assertIn(expected, self.text)


class Charts(SvgCheck, unittest.TestCase):
    def test_ratios(self):
        run = made_up_run()
        for collection in run["collections"]:
            text = chart.ratios(run, collection, standing.read_goals())
            self.check(text, *standing.CLASSES, *standing.COMMANDS, "0.25", "20")
            self.check(text, "400 to 20 µs, pisa", "10 to 40 µs, quick *")

    def test_times(self):
        run = made_up_run()
        text = chart.times(run, "made")
        self.check(text, *standing.CLASSES, *standing.COMMANDS, "oir", "quick", "slow<&>", "pisa", "1 ms")
        self.assertIn("stroke-dasharray", text)

    def test_one_command_and_extreme_times(self):
        run = made_up_run()
        run["collections"]["made"]["commands"] = {"TOP_10": measured({"oir": 0.1, "quick": 123456})}
        for draw in (chart.ratios, chart.times):
            self.check(draw(run, "made"), "TOP_10", "term")


OWN = """#!/bin/sh
case $1 in
    index) mkdir "$2" && cat >"$2/lines" && echo "segment 0: 1.0 MB" >&2 ;;
    query) while read -r line; do echo "${OIR_ISA:-7}" | sed s/avx2/7/; done ;;
esac
"""
PEER = """#!/bin/sh
case $1 in
    index) mkdir "$2" && cat >"$2/lines" ;;
    query) while read -r line; do case $line in *-b) echo UNSUPPORTED ;; *) echo 7 ;; esac; done ;;
esac
"""


class WholeCommand(MacroWork, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.write("data/tiny.jsonl", '{"id": "1", "text": "a b"}\n' * 3)
        self.write(
            "data/queries-tiny.txt",
            "".join(json.dumps({"query": query, "tags": [tag]}) + "\n" for tag, query in QUERIES.items()),
        )
        self.write("own", OWN, 0o755)
        self.write("bin/steady", PEER, 0o755)
        self.write("bin/steady.version", "Steady 1.2\n")
        self.write("bin/mute", "#!/bin/sh\n[ $1 = index ] && mkdir $2\n", 0o755)

    def search(self, *more):
        return self.start(
            "search", "--collections", "tiny", "--peers", "steady,mute,ghost", "--rounds", "1",
            "--commands", "TOP_10,COUNT", "--program", os.path.join(self.folder, "own"), *more,
        )  # fmt: skip

    def test_results(self):
        said = self.search("--isa", "avx2")
        self.assertIn("missing: ghost for tiny: no program", said)
        self.assertIn("missing: mute for tiny: does not answer with a number", said)
        to, files = self.results("search-avx2")
        self.assertEqual(files, ["README.md", "ratios-tiny.svg", "search.json", "times-tiny.svg"])
        run = json.loads(self.read(os.path.join(to, "search.json")))
        self.assertEqual(list(run["engines"]), ["oir", "steady"])
        self.assertEqual(run["collections"]["tiny"]["documents"], 3)
        self.assertNotIn("steady", run["collections"]["tiny"]["commands"]["COUNT"]["table"]["negated"])
        text = self.read(os.path.join(to, "README.md"))
        for expected in ("| steady | Steady 1.2 |", "segment 0: 1.0 MB", "### tiny, COUNT", "at most avx2"):
            self.assertIn(expected, text)
        ElementTree.fromstring(self.read(os.path.join(to, "ratios-tiny.svg")))

    def test_index_is_built_when_the_program_changes(self):
        lines = "index/oir-tiny/lines"
        self.search()
        self.write(lines, "old")
        self.assertNotIn("oir indexes", self.search())
        self.assertEqual(self.read(lines), "old")
        self.write("own", OWN + "# changed\n", 0o755)
        self.search("--keep-index")
        self.assertEqual(self.read(lines), "old")
        self.assertIn("oir indexes tiny", self.search())
        self.assertNotEqual(self.read(lines), "old")


if __name__ == "__main__":
    unittest.main()
