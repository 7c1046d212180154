"""The tables of a run of `build` (build_standing.py says what that is) as Markdown."""

import build_standing
from build_standing import PER
from markdown import about_lines, grid, number, power

HEAD = [
    "engine", "MB/s", "lowest – highest", "documents/s", "to the fastest peer", "to oir", "processor, s",
    "memory, MB", "VmHWM, MB", "written, MB", "written / index", "room / index", "index, MB", "index / text",
]  # fmt: skip
SMALL_PART = 0.005  # of an index: goes to the rest
EXPLANATION = """Medians of all rounds. MB/s and documents/s are of the text alone, without the JSON around it, from
the start of the process, which for Java takes a while, until all files of its index are on the disk (the harness
syncs what the engine has not). *To the fastest peer* and *to oir* are of the speed. *Memory* is the highest sum of
RssAnon and dirty pages of mapped files, seen 50 times a second (10 times of rows that have all processors); *VmHWM*
counts pages of files that are only read too. *Written* is `write_bytes` of the process and its children: what was
made dirty in files, removed ones too. *Room* is the most that the index's folder took on the disk meanwhile.
`bench/macro/watch.py` has the details."""
STAGES = """Seconds. *read*: lines and fields; *break*: text into words, words into the document; *invert*: adding the
document; *flush*: the buffer to a segment; *pairs*: finding lists for pairs of words; *finish*: after the writer's
last report until the call returns, which is the rest of what that told, closing files, and waiting for the disk where
*sync* is 0. The first three are timed on a sample of short documents, and share what the others leave. Threads of the
writer's own are not in it."""


def ratio(value):
    return "–" if value is None else f"{value:.2f}"


def megabytes(value):
    return number(value / PER if value else None)  # 0: it was over before anybody looked


def engine_lines(run):
    rows = [[name, engine["version"]] for name, engine in run["engines"].items()]
    yield from grid(["engine", "version, and what it was told"], rows, words=2)


def goal_text(goal):
    value = f"{goal.value:.2f}"
    return value if goal.met else f"**{value}** !"


def goal_lines(run, goals):
    judged = list(build_standing.goals_of(run, goals))
    if not judged:
        return
    yield "## Goals"
    yield ""
    rows = [
        [g.what, g.where, goal_text(g), f"{'at most' if g.most else 'at least'} {g.limit:g}"] for g in judged
    ]
    yield from grid(["", "collection", "is", "wanted"], rows, words=2)
    yield (
        f"{sum(g.met for g in judged)} of {len(judged)} goals met (`bench/macro/goals.json`); the others are bold, "
        "with an exclamation mark."
    )
    yield ""


def build_row(row, text):
    v = row.values
    written = [megabytes(v["written"]), ratio(v["written"] / v["index"])] if v["written"] else ["–", "–"]
    return [
        row.name, number(row.speed), f"{number(row.lowest)} – {number(row.highest)}", f"{row.documents:,.0f}",
        ratio(row.ratio), ratio(row.to_own), number(v["processor"]), megabytes(v["private"]), megabytes(v["resident"]),
        *written, ratio(v["disk"] / v["index"]), megabytes(v["index"]), ratio(v["index"] / text),
    ]  # fmt: skip


def stage_lines(rows):
    names = next((list(row.stages) for row in rows if row.stages), None)
    if not names:
        return
    told = [row for row in rows if row.stages]
    yield from grid(
        ["stages", *names, "all"],
        [[r.name, *(f"{r.stages.get(n, 0):.2f}" for n in names), f"{sum(r.stages.values()):.2f}"] for r in told],
    )


def part_lines(rows):
    for row in rows:
        large = {name: size for name, size in row.parts.items() if size >= SMALL_PART * row.values["index"]}
        parts = sorted(large.items(), key=lambda part: -part[1])
        rest = row.values["index"] - sum(large.values())
        told = [f"{name} {megabytes(size)} MB" for name, size in [*parts, ("the rest", rest)] if size > 0]
        yield f"- {row.name}: " + ", ".join(told)
    yield ""


def collection_lines(run, name):
    collection = run["collections"][name]
    rows, _ = build_standing.rows_of(run, collection)
    yield f"## {name}"
    yield ""
    yield f"{collection['documents']:,} documents, {megabytes(collection['text'])} MB of text."
    yield ""
    yield from grid(HEAD, [build_row(row, collection["text"]) for row in rows])
    yield from stage_lines(rows)
    yield "Sizes by part:"
    yield ""
    yield from part_lines(rows)


def growth_lines(run):
    if not run["growth"]:
        return
    yield "## Growth"
    yield ""
    yield "Made-up documents (`oir-synthetic`), oir alone; time for a document is to that of the smallest collection. "
    yield "`oir` ends with a commit, which leaves several segments where memory was not enough for one."
    yield ""
    rows = []
    for name in run["engines"]:
        found = build_standing.growth_of(run, name)
        first = next(iter(found.values()), None)
        for size, row in found.items():
            v, limit = row.values, run["engines"][name]["memory"]
            rows.append([
                name, power(size), megabytes(run["growth"][str(size)]["text"]), number(v["seconds"]),
                number(1e6 / row.documents), ratio(first.documents / row.documents), number(row.speed),
                megabytes(v["private"]), megabytes(limit) if limit else "–", megabytes(v["index"]),
                ratio(v["written"] / v["index"]) if v["written"] else "–", ratio(v["disk"] / v["index"]),
            ])  # fmt: skip
    yield from grid(
        ["", "documents", "text, MB", "built in, s", "us a document", "to the first", "MB/s", "memory, MB",
         "its limit, MB", "index, MB", "written / index", "room / index"],
        rows,
    )  # fmt: skip


def write(run, goals=None, charts=()):
    """The whole as one string; charts are (title, file name)."""
    lines = ["# Building, side by side", "", *about_lines(run), *engine_lines(run)]
    lines += [" ".join(EXPLANATION.split()), ""]
    if goals:
        lines += goal_lines(run, goals)
    lines += [line for title, path in charts for line in (f"![{title}]({path})", "")]
    for name in run["collections"]:
        lines += collection_lines(run, name)
    lines += growth_lines(run)
    lines += ["## What the stages are", "", " ".join(STAGES.split())]
    return "\n".join(lines).rstrip("\n") + "\n"
