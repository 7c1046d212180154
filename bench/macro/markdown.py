"""Tables and numbers as Markdown."""


def row(cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def grid(head, rows, words=1):
    """A table's lines, and an empty one; the columns after the first `words` align right."""
    rule = "|" + " --- |" * words + " ---: |" * (len(head) - words)
    return [row(head), rule, *(row(r) for r in rows), ""]


def about_lines(run):
    """The head of results."""
    yield from (f"- {what}: {value}" for what, value in run["about"])
    yield from (f"- missing: {line}" for line in run["missing"])
    yield ""


def number(value):
    """One digit behind the point below 100, else none; a dash for None."""
    if value is None:
        return "–"
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def power(size):
    """10^5 for 100000."""
    digits = str(size)
    exact = digits == "1" + "0" * (len(digits) - 1)
    return f"10^{len(digits) - 1}" if exact else digits
