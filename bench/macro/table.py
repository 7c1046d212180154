"""The tables of a run (standing.py says what that is) as Markdown."""

import standing
from markdown import about_lines, grid


def ratio_text(cell):
    """The ratio; bold with an exclamation mark where the goal is missed."""
    if cell is None or cell.ratio is None:
        return "–"
    return f"**{cell.ratio:.2f}** !" if cell.met is False else f"{cell.ratio:.2f}"


def engine_lines(run):
    names = list(run["collections"])
    rows = []
    for name in standing.engines_of(run):
        engine = run["engines"][name]
        sizes = [engine["indexes"].get(c) for c in names]
        rows.append([name, engine["version"], *(f"{s / 1e6:.1f} MB" if s else "–" for s in sizes)])
    yield from grid(["engine", "version", *(f"index of {c}" for c in names)], rows, words=2)
    yield "All indexes hold positions, but PISA's, and none the text."
    yield ""
    for name in names:
        c = run["collections"][name]
        yield f"- {name}: {c['documents']:,} documents, {c['queries']:,} queries"
        yield from (f"    - {note}" for note in c["notes"])
    yield ""


def overview_lines(run, goals):
    names = list(run["collections"])
    cells = {
        (name, command): {c.kind: c for c in standing.cells_of(run, name, command, goals)}
        for name in names
        for command in standing.commands_of(run, name)
    }
    commands = sorted({command for _, command in cells}, key=lambda c: (standing.COMMANDS + [c]).index(c))
    yield f"## Ratio of means to the best peer: {' / '.join(names)}"
    yield ""
    rows = []
    for command in commands:
        kinds = [cells.get((name, command), {}) for name in names]
        rows.append([command, *(" / ".join(ratio_text(k.get(kind)) for k in kinds) for kind in standing.CLASSES)])
    yield from grid(["", *standing.CLASSES], rows)
    judged = [c for kinds in cells.values() for c in kinds.values() if c.met is not None]
    if judged:
        met = sum(c.met for c in judged)
        yield (
            f"{met} of {len(judged)} goals met (`bench/macro/goals.json`, {goals['slack_us']} us allowed on top, "
            "and a 99th percentile below every peer's); the others are bold, with an exclamation mark."
        )
        yield ""


def timing_text(timing):
    if timing is None:
        return ""
    text = f"{standing.microseconds(timing.mean)} / {standing.microseconds(timing.p99)}"
    return text if timing.counted else f"({text})"


def command_lines(run, collection, command, goals):
    cells = standing.cells_of(run, collection, command, goals)
    peers = [n for n in standing.engines_of(run) if any(n in c.peers for c in cells)]
    goal = any(c.goal is not None for c in cells)
    measured = run["collections"][collection]["commands"][command]
    yield f"### {collection}, {command}"
    yield ""
    rows = []
    for c in cells:
        times = [timing_text(c.own), *(timing_text(c.peers.get(name)) for name in peers)]
        p99 = f"{c.ratio_p99:.2f}" if c.ratio_p99 is not None else "–"
        rows.append([c.kind, *times, c.best or "–", ratio_text(c), p99, *([c.goal or "–"] if goal else [])])
    yield from grid(["", standing.OWN, *peers, "best", "ratio", "p99 ratio", *(["goal"] if goal else [])], rows)
    for c in cells:
        for name in c.overlooked():
            ratio = c.own.mean / c.peers[name].mean
            yield f"{name} does not count for {c.kind}, but beat {c.best}: the ratio to it is {ratio:.2f}."
            yield ""
    if measured["differing"]:
        yield f"**On {measured['differing']} queries the engines' counts differ.**"
        yield ""


def write(run, goals=None, charts=()):
    """The whole as one string; charts are (title, file name)."""
    lines = ["# Search, side by side", "", *about_lines(run), *engine_lines(run), *overview_lines(run, goals)]
    lines += [line for title, name in charts for line in (f"![{title}]({name})", "")]
    lines += [
        "## Times",
        "",
        "Microseconds, mean / 99th percentile over the queries of a class; of each query its fastest round, less the "
        "time of the pipe. The ratio is of means, to the best peer; the p99 ratio is to the lowest of a peer. "
        "Brackets: an answer that does not count as a peer's (`bench/macro/standing.py`).",
        "",
    ]
    for collection in run["collections"]:
        for command in standing.commands_of(run, collection):
            lines += command_lines(run, collection, command, goals)
    return "\n".join(lines).rstrip("\n") + "\n"
