"""The charts of a run of `build` (build_standing.py says what that is): bars, a panel for each collection."""

import dataclasses

import build_standing
from build_standing import PER
from markdown import number
from svg import BLUE, COLUMNS, FAINT, GRID, INK, MARGIN, ORANGE, PANEL_GAP, Svg, caption, place_panels

PANEL, LABEL, BARS, ROW, HEAD, FOOT = 540, 112, 250, 22, 28, 24
TOP = 90
TICKS = 4
STAGE_COLOURS = ["#56b4e9", "#0072b2", "#e69f00", "#d55e00", "#009e73", "#cc79a7", "#f0e442", "#000000", "#999999"]


@dataclasses.dataclass
class Bar:
    label: str
    parts: list  # (colour, value), one after the other
    text: str  # behind it
    ends: tuple | None = None  # a line from here to there, across its end
    mark: float | None = None  # a diamond

    @property
    def highest(self):
        return max(sum(value for _, value in self.parts), *(self.ends or (0, 0)), self.mark or 0)


def axis_of(bars):
    """The value of a tick, so that TICKS of them hold all bars: 1, 2 or 5 with zeros."""
    most = max((bar.highest for bar in bars), default=0) / TICKS or 1
    step = 1e-6
    while step < most:
        for factor in (2, 2.5, 2):
            step *= factor
            if step >= most:
                break
    return step


def draw_bar(svg, left, middle, bar, scale):
    x = left
    for colour, value in bar.parts:
        svg.rectangle(x, middle - 6, value * scale, 12, colour)
        x += value * scale
    if bar.ends:
        low, high = (left + end * scale for end in bar.ends)
        svg.line(low, middle, high, middle, INK, 1.5)
        svg.line(low, middle - 4, low, middle + 4, INK, 1.5)
        svg.line(high, middle - 4, high, middle + 4, INK, 1.5)
    if bar.mark is not None:
        svg.mark("diamond", left + bar.mark * scale, middle, INK)


def draw_panel(svg, x, y, name, bars):
    step = axis_of(bars)
    left, scale = x + LABEL, BARS / (step * TICKS)
    top, bottom = y + HEAD, y + HEAD + ROW * len(bars)
    svg.text(x, y + 16, name, 15, weight="bold")
    for tick in range(TICKS + 1):
        at = left + tick * step * scale
        svg.line(at, top, at, bottom, INK if tick == 0 else GRID)
        svg.text(at, bottom + 15, f"{tick * step:g}", 11, "middle", fill=FAINT)
    for i, bar in enumerate(bars):
        middle = top + (i + 0.5) * ROW
        svg.text(left - 8, middle + 4, bar.label, 11, "end")
        draw_bar(svg, left, middle, bar, scale)
        svg.text(left + BARS + 12, middle + 4, bar.text, 11)


def draw(run, title, note, panels, legend=()):
    """Panels are {collection: bars}; the legend is (colour, name)."""
    panels = {name: bars for name, bars in panels.items() if bars}
    places, bottom = place_panels([HEAD + ROW * len(bars) + FOOT for bars in panels.values()], PANEL, TOP)
    texts = [f"{name} {bar.label} {bar.text}" for name, bars in panels.items() for bar in bars]
    svg = Svg(2 * MARGIN + COLUMNS * PANEL + PANEL_GAP, bottom, title, "; ".join(texts))
    svg.text(MARGIN, 32, title, 20, weight="bold")
    svg.text(MARGIN, 54, f"{caption(run)}; {note}", 12, fill=FAINT)
    x = MARGIN
    for colour, name in legend:
        svg.rectangle(x, 65, 14, 10, colour)
        svg.text(x + 20, 74, name, 12)
        x += 20 + 8 * len(name) + 22
    for (x, y), (name, bars) in zip(places, panels.items()):
        draw_panel(svg, x, y, name, bars)
    return svg.finish()


OWN_OR_PEER = ((ORANGE, "oir"), (BLUE, "peer"))


def panels_of(run, bar_of):
    """{collection: bars}, of the rows for which bar_of answers one."""
    panels = {}
    for name, collection in run["collections"].items():
        bars = [bar_of(row, ORANGE if row.own else BLUE) for row in build_standing.rows_of(run, collection)[0]]
        panels[name] = [bar for bar in bars if bar]
    return panels


def speed(run):
    def bar_of(row, colour):
        against = f"; × {row.ratio:.2f}" if row.own and row.ratio is not None else ""
        return Bar(row.name, [(colour, row.speed)], number(row.speed) + against, (row.lowest, row.highest))

    note = "MB of text a second, median, lowest and highest; × the fastest peer's; longer is better"
    return draw(run, "Speed of building", note, panels_of(run, bar_of), OWN_OR_PEER)


def size(run):
    def bar_of(row, colour):
        index, written = row.values["index"] / PER, row.values["written"] / PER
        text = f"{number(index)}; {number(written)} written" if written else number(index)
        return Bar(row.name, [(colour, index)], text, mark=written or None)

    note = "MB of the index; diamond: MB written on the way; shorter is better"
    return draw(run, "Size of the index, and bytes written", note, panels_of(run, bar_of), OWN_OR_PEER)


def memory(run):
    def bar_of(row, colour):
        private, resident = row.values["private"] / PER, row.values["resident"] / PER
        return Bar(row.name, [(colour, private)], f"{number(private)}; {number(resident)} resident", mark=resident)

    note = "MB, highest of RssAnon and dirty pages of files; diamond: VmHWM; shorter is better"
    return draw(run, "Memory of building", note, panels_of(run, bar_of), OWN_OR_PEER)


def stages(run):
    """None where no stages are known."""
    rows = [row for c in run["collections"].values() for row in build_standing.rows_of(run, c)[0] if row.stages]
    if not rows:
        return None
    colours = {name: STAGE_COLOURS[i % len(STAGE_COLOURS)] for i, name in enumerate(rows[0].stages)}

    def bar_of(row, _):
        if not row.stages:
            return None
        parts = [(colours.get(name, INK), seconds) for name, seconds in row.stages.items()]
        return Bar(row.name, parts, f"{sum(row.stages.values()):.2f} s")

    legend = [(colour, name) for name, colour in colours.items()]
    return draw(run, "Where the time of oir goes", "seconds; shorter is better", panels_of(run, bar_of), legend)


def charts_of(run):
    """(title, file name, SVG) of all."""
    drawn = [
        ("Speed of building", "speed.svg", speed(run)),
        ("Size of the index, and bytes written", "size.svg", size(run)),
        ("Memory of building", "memory.svg", memory(run)),
        ("Where the time of oir goes", "stages.svg", stages(run)),
    ]
    return [chart for chart in drawn if chart[2]] if run["collections"] else []
