"""Drawing SVG without other libraries.

Colours are those of M. Okabe and K. Ito (2008), which the colour-blind can tell apart; shapes and labels say the same
again. Every chart has its own white ground, so that it reads on a dark page too.
"""

from xml.sax.saxutils import escape, quoteattr

FONT = "DejaVu Sans, Verdana, Arial, sans-serif"
INK, FAINT, GRID = "#1a1a1a", "#595959", "#d9d9d9"
BLUE, ORANGE = "#0072b2", "#d55e00"
MARKS = [  # colour and shape of each engine, oir's first
    (ORANGE, "circle"),
    (BLUE, "square"),
    ("#009e73", "up"),
    ("#56b4e9", "down"),
    ("#cc79a7", "diamond"),
    ("#000000", "cross"),
    ("#e69f00", "plus"),
]
MARGIN = 20
COLUMNS = 2
PANEL_GAP = 24


class Svg:
    """Elements in the order of drawing."""

    def __init__(self, width, height, title, description):
        self.width, self.height = width, height
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" font-family={quoteattr(FONT)}>',
            f"<title>{escape(title)}</title>",
            f"<desc>{escape(description)}</desc>",
        ]
        self.rectangle(0, 0, width, height, "#ffffff")

    def add(self, name, content=None, **attributes):
        pairs = "".join(
            f" {key.replace('_', '-')}={quoteattr(f'{v:.5g}' if isinstance(v, float) else str(v))}"
            for key, v in attributes.items()
        )
        self.parts.append(f"<{name}{pairs}/>" if content is None else f"<{name}{pairs}>{escape(content)}</{name}>")

    def rectangle(self, x, y, width, height, fill):
        self.add("rect", x=float(x), y=float(y), width=float(width), height=float(height), fill=fill)

    def line(self, x1, y1, x2, y2, stroke=INK, width=1.0, dashed=False):
        ends = {"x1": float(x1), "y1": float(y1), "x2": float(x2), "y2": float(y2)}
        dashes = {"stroke_dasharray": "2 3"} if dashed else {}
        self.add("line", **ends, stroke=stroke, stroke_width=float(width), **dashes)

    def polygon(self, points, fill):
        self.add("polygon", points=" ".join(f"{x:.5g},{y:.5g}" for x, y in points), fill=fill)

    def text(self, x, y, content, size=12, anchor="start", weight="normal", fill=INK):
        self.add(
            "text", content, x=float(x), y=float(y), font_size=size, text_anchor=anchor, font_weight=weight, fill=fill
        )

    def mark(self, shape, x, y, colour, r=4.0):
        if shape == "circle":
            self.add("circle", cx=float(x), cy=float(y), r=float(r), fill=colour)
        elif shape == "square":
            self.rectangle(x - r * 0.9, y - r * 0.9, 1.8 * r, 1.8 * r, colour)
        elif shape == "up":
            self.polygon([(x - r, y + r * 0.8), (x + r, y + r * 0.8), (x, y - r)], colour)
        elif shape == "down":
            self.polygon([(x - r, y - r * 0.8), (x + r, y - r * 0.8), (x, y + r)], colour)
        elif shape == "diamond":
            self.polygon([(x - r, y), (x, y - r), (x + r, y), (x, y + r)], colour)
        elif shape == "cross":
            self.line(x - r * 0.8, y - r * 0.8, x + r * 0.8, y + r * 0.8, colour, 2)
            self.line(x - r * 0.8, y + r * 0.8, x + r * 0.8, y - r * 0.8, colour, 2)
        else:
            self.line(x - r, y, x + r, y, colour, 2)
            self.line(x, y - r, x, y + r, colour, 2)

    def finish(self):
        return "\n".join([*self.parts, "</svg>"]) + "\n"


def place_panels(heights, width, top):
    """Puts panels side by side, row by row: their corners, and where the last row ends."""
    places = []
    for start in range(0, len(heights), COLUMNS):
        band = heights[start : start + COLUMNS]
        places += [(MARGIN + i * (width + PANEL_GAP), top) for i in range(len(band))]
        top += max(band) + PANEL_GAP
    return places, top


def caption(run):
    about = dict(run["about"])
    return ", ".join(about[key] for key in ("date", "machine", "rounds") if key in about)
