"""What is asked of every chart."""

import re
import xml.etree.ElementTree as ElementTree


class SvgCheck:
    """For a unittest.TestCase."""

    def check(self, text, *expected):
        """Well-formed, nothing outside of the picture, and all that is expected written somewhere."""
        root = ElementTree.fromstring(text)
        width, height = float(root.get("width")), float(root.get("height"))
        self.assertEqual(root.get("viewBox"), f"0 0 {width:g} {height:g}")
        written = []
        for element in root:
            for key, value in element.attrib.items():
                if key in ("x", "x1", "x2", "cx", "y", "y1", "y2", "cy"):
                    limit = width if "x" in key else height
                    self.assertTrue(0 <= float(value) <= limit, (element.tag, element.attrib))
            for x, y in re.findall(r"(\S+),(\S+)", element.get("points", "")):
                self.assertTrue(0 <= float(x) <= width and 0 <= float(y) <= height, element.attrib)
            if element.tag.endswith("text"):
                written.append(element.text)
                self.check_width(element, width)
        for label in expected:
            self.assertIn(label, written)

    def check_width(self, element, width):
        """With letters of 0.65 em, wider than the font's."""
        long, x = 0.65 * float(element.get("font-size")) * len(element.text), float(element.get("x"))
        start = {"start": x, "middle": x - long / 2, "end": x - long}[element.get("text-anchor")]
        self.assertTrue(start >= 0 and start + long <= width, element.text)
