"""The charts of a run of `search` (standing.py says what that is)."""

import math

import standing
from svg import BLUE, COLUMNS, FAINT, GRID, INK, MARGIN, MARKS, ORANGE, PANEL_GAP, Svg, caption, place_panels


def rows_of(run, collection, goals):
    """{class: [(command, cell)]}"""
    rows = {}
    for command in standing.commands_of(run, collection):
        for cell in standing.cells_of(run, collection, command, goals):
            rows.setdefault(cell.kind, []).append((command, cell))
    return {kind: rows[kind] for kind in standing.CLASSES if kind in rows}


# ---------------------------------------------------------------- ratios

RATIO_PANEL, RATIO_LABEL, RATIO_BARS, RATIO_ROW, RATIO_HEAD, RATIO_FOOT = 540, 112, 200, 27, 28, 24
RATIO_END = 1.25  # of the axis; what is longer is cut off, and its number says how long it is


def ratio_legend(svg, y):
    x = MARGIN
    svg.rectangle(x, y - 10, 24, 9, BLUE)
    svg.text(x + 30, y, "mean, faster than the best peer")
    svg.rectangle(x + 262, y - 10, 24, 9, ORANGE)
    svg.text(x + 292, y, "mean, slower")
    svg.line(x + 408, y - 5, x + 432, y - 5, INK, 1.5)
    svg.mark("diamond", x + 432, y - 5, INK)
    svg.text(x + 444, y, "99th percentile, to the lowest of all peers")
    svg.line(x + 748, y - 14, x + 748, y + 3, INK, 3)
    svg.text(x + 758, y, "goal for the mean")


def ratio_bar(svg, left, middle, ratio, scale):
    end, colour = left + min(ratio, RATIO_END) * scale, BLUE if ratio <= 1 else ORANGE
    svg.rectangle(left, middle - 9, end - left, 10, colour)
    if ratio > RATIO_END:
        svg.polygon([(end, middle - 9), (end + 8, middle - 4), (end, middle + 1)], colour)


def ratio_p99(svg, left, middle, ratio, scale):
    end = left + min(ratio, RATIO_END) * scale
    svg.line(left, middle + 6, end, middle + 6, INK, 1.5)
    if ratio > RATIO_END:
        svg.polygon([(end, middle + 2), (end + 8, middle + 6), (end, middle + 10)], INK)
    else:
        svg.mark("diamond", end, middle + 6, INK)


def ratio_panel(svg, x, y, kind, rows):
    left, scale = x + RATIO_LABEL, RATIO_BARS / RATIO_END
    top, bottom = y + RATIO_HEAD, y + RATIO_HEAD + RATIO_ROW * len(rows)
    svg.text(x, y + 16, kind, 15, weight="bold")
    for tick in (0, 0.25, 0.5, 0.75, 1):
        at = left + tick * scale
        svg.line(at, top, at, bottom, INK if tick in (0, 1) else GRID)
        svg.text(at, bottom + 15, f"{tick:g}", 11, "middle", fill=FAINT)
    for i, (command, cell) in enumerate(rows):
        middle = top + (i + 0.5) * RATIO_ROW
        svg.text(left - 8, middle + 4, command, 11, "end")
        if cell.ratio is None:
            svg.text(left + 6, middle + 4, f"no peer; {standing.microseconds(cell.own.mean)} µs", 11, fill=FAINT)
            continue
        ratio_bar(svg, left, middle, cell.ratio, scale)
        ratio_p99(svg, left, middle, cell.ratio_p99, scale)
        if cell.goal is not None:
            at = left + min(cell.goal, RATIO_END) * scale
            svg.line(at, middle - 12, at, middle + 3, "#ffffff", 5)
            svg.line(at, middle - 12, at, middle + 3, INK, 3)
        own, best = (standing.microseconds(t.mean) for t in (cell.own, cell.peers[cell.best]))
        right = left + RATIO_BARS
        ratio = f"{cell.ratio:.2f}" if cell.ratio < 10 else f"{cell.ratio:,.0f}"
        svg.text(right + 50, middle + 4, ratio, 12, "end", "bold")
        svg.text(right + 58, middle + 4, f"{own} to {best} µs, {cell.best}{' *' if cell.overlooked() else ''}", 11)


def ratios(run, collection, goals=None):
    """Bars: oir's mean as a share of the best peer's, a panel a class, a bar a command."""
    rows = rows_of(run, collection, goals)
    heights = [RATIO_HEAD + RATIO_ROW * len(r) + RATIO_FOOT for r in rows.values()]
    places, bottom = place_panels(heights, RATIO_PANEL, 98)
    title = f"Time of oir as a share of the best peer's: {collection}"
    texts = [f"{kind} {command} {c.ratio:.2f}" for kind, r in rows.items() for command, c in r if c.ratio is not None]
    svg = Svg(2 * MARGIN + COLUMNS * RATIO_PANEL + PANEL_GAP, bottom, title, "Ratios of means: " + "; ".join(texts))
    svg.text(MARGIN, 32, title, 20, weight="bold")
    overlooked = {name for r in rows.values() for _, c in r for name in c.overlooked()}
    footnote = f" (* {', '.join(sorted(overlooked))} was faster, but does not count here)" if overlooked else ""
    svg.text(MARGIN, 54, caption(run) + "; shorter is better, 1 is the best peer" + footnote, 12, fill=FAINT)
    ratio_legend(svg, 80)
    for (x, y), (kind, panel) in zip(places, rows.items()):
        ratio_panel(svg, x, y, kind, panel)
    return svg.finish()


# ---------------------------------------------------------------- times

TIME_PANEL, TIME_LABEL, TIME_LINE, TIME_GAP, TIME_HEAD, TIME_FOOT = 540, 112, 11, 8, 28, 24


def time_axis(rows):
    """Powers of ten that hold all times."""
    times = [t for r in rows.values() for _, c in r for p in (c.own, *c.peers.values()) for t in (p.mean, p.p99)]
    low = math.floor(math.log10(max(min(times, default=1), 0.1)))
    high = math.ceil(math.log10(max(max(times, default=10), 1)))
    return low, max(high, low + 1)


def tick_text(power):
    unit, less = ("µs", 0) if power < 3 else ("ms", 3) if power < 6 else ("s", 6)
    return f"{10.0 ** (power - less):,g} {unit}"


def time_legend(svg, y, names, marks, uncounted):
    x = MARGIN
    for name in names:
        svg.mark(marks[name][1], x + 6, y - 4, marks[name][0], 5)
        svg.text(x + 17, y, name, 12)
        x += 17 + 8 * len(name) + 26
    svg.line(x + 4, y - 4, x + 40, y - 4, FAINT)
    svg.line(x + 40, y - 8, x + 40, y, FAINT)
    svg.mark("circle", x + 4, y - 4, FAINT)
    dashes = "; dashed: does not count as a peer's" if uncounted else ""
    svg.text(x + 48, y, "from the mean to the 99th percentile" + dashes)


def time_height(rows):
    return sum(TIME_LINE * (1 + len(c.peers)) + TIME_GAP for _, c in rows)


def time_panel(svg, x, y, kind, rows, marks, axis):
    left, right = x + TIME_LABEL, x + TIME_PANEL - 20
    scale = (right - left) / (axis[1] - axis[0])
    top, bottom = y + TIME_HEAD, y + TIME_HEAD + time_height(rows)

    def at(us):
        return left + (math.log10(max(us, 10 ** axis[0])) - axis[0]) * scale

    svg.text(x, y + 16, kind, 15, weight="bold")
    for power in range(axis[0], axis[1] + 1):
        svg.line(at(10**power), top, at(10**power), bottom, INK if power == axis[0] else GRID)
        svg.text(at(10**power), bottom + 15, tick_text(power), 11, "middle", fill=FAINT)
    line = top + TIME_GAP / 2
    for i, (command, cell) in enumerate(rows):
        if i > 0:
            svg.line(x, line - TIME_GAP / 2, right, line - TIME_GAP / 2, GRID)
        engines = [(standing.OWN, cell.own)] + [(n, cell.peers[n]) for n in marks if n in cell.peers]
        svg.text(left - 8, line + TIME_LINE * len(engines) / 2 + 4, command, 11, "end")
        for name, timing in engines:
            colour, shape = marks[name]
            middle = line + TIME_LINE / 2
            svg.line(at(timing.mean), middle, at(timing.p99), middle, colour, dashed=not timing.counted)
            svg.line(at(timing.p99), middle - 3, at(timing.p99), middle + 3, colour)
            svg.mark(shape, at(timing.mean), middle, colour)
            line += TIME_LINE
        line += TIME_GAP


def times(run, collection, goals=None):
    """Mean and 99th percentile of every engine, on a logarithmic axis."""
    rows = rows_of(run, collection, goals)
    names = [n for n in standing.engines_of(run) if n == standing.OWN or collection in run["engines"][n]["indexes"]]
    marks = {name: MARKS[i % len(MARKS)] for i, name in enumerate(standing.engines_of(run)) if name in names}
    heights = [TIME_HEAD + time_height(r) + TIME_FOOT for r in rows.values()]
    places, bottom = place_panels(heights, TIME_PANEL, 98)
    title = f"Time of a query: {collection}"
    svg = Svg(
        2 * MARGIN + COLUMNS * TIME_PANEL + PANEL_GAP, bottom, title, "Mean and 99th percentile of " + ", ".join(names)
    )
    svg.text(MARGIN, 32, title, 20, weight="bold")
    svg.text(MARGIN, 54, caption(run) + "; further left is better, the axis is logarithmic", 12, fill=FAINT)
    uncounted = any(not t.counted for r in rows.values() for _, c in r for t in c.peers.values())
    time_legend(svg, 80, names, marks, uncounted)
    axis = time_axis(rows)
    for (x, y), (kind, panel) in zip(places, rows.items()):
        time_panel(svg, x, y, kind, panel, marks, axis)
    return svg.finish()
