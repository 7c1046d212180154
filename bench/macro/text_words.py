"""The words of the collections that are searched as they stand."""

import re

_NOT_LETTERS = re.compile("[^a-z]+")


def text_words(text):
    """Lower-cased, every run of other than a-z one space: the form of the public search-benchmark-game."""
    return _NOT_LETTERS.sub(" ", text.lower()).strip()
