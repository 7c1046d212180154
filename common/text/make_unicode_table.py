#!/usr/bin/env python3
"""Writes unicode_table.c from the Unicode Character Database.

    make_unicode_table.py [UnicodeData.txt] > unicode_table.c

The database is Debian's package unicode-data, /usr/share/unicode/UnicodeData.txt, unless another file is named. The
version is read from ReadMe.txt beside it. tests/text/test_unicode.c compares the table with the database.
"""
import os
import re
import sys

CATEGORIES = ("Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Cc Cf Cs Co Cn Zl Zp").split()
UNASSIGNED = CATEGORIES.index("Cn")
NGRAM = 32
BLOCK = 64
LIMIT = 0x110000

# Blocks of scripts that are written without spaces between words, or (Hangul) that are searched as if they were.
NGRAM_BLOCKS = [
    (0x0E00, 0x0EFF),    # Thai, Lao
    (0x1000, 0x109F),    # Myanmar
    (0x1780, 0x17FF),    # Khmer
    (0x19E0, 0x19FF),    # Khmer Symbols
    (0x2E80, 0x2FDF),    # CJK Radicals Supplement, Kangxi Radicals
    (0x2FF0, 0x31FF),    # ideographic description to Katakana Phonetic Extensions
    (0x3200, 0x4DBF),    # Enclosed CJK, CJK Compatibility, CJK Extension A
    (0x4E00, 0x9FFF),    # CJK Unified Ideographs
    (0xA700, 0xA71F),    # Modifier Tone Letters
    (0xA9E0, 0xA9FF),    # Myanmar Extended-B
    (0xAA60, 0xAA7F),    # Myanmar Extended-A
    (0xAC00, 0xD7AF),    # Hangul Syllables
    (0xF900, 0xFAFF),    # CJK Compatibility Ideographs
    (0xFE30, 0xFE4F),    # CJK Compatibility Forms
    (0xFF00, 0xFFEF),    # Halfwidth and Fullwidth Forms
    (0x1AFF0, 0x1B16F),  # Kana Extended-B, Kana Supplement, Kana Extended-A, Small Kana Extension
    (0x20000, 0x3FFFD),  # CJK Extensions B and later, CJK Compatibility Ideographs Supplement
]


def read(path):
    category = [UNASSIGNED] * LIMIT
    lower, upper = {}, {}
    first = None
    with open(path, encoding="ascii") as lines:
        for line in lines:
            field = line.rstrip("\n").split(";")
            code = int(field[0], 16)
            start = code
            if field[1].endswith(", First>"):
                first = code
                continue
            if field[1].endswith(", Last>"):
                start = first
            for c in range(start, code + 1):
                category[c] = CATEGORIES.index(field[2])
            if field[13]:
                lower[code] = int(field[13], 16)
            if field[12]:
                upper[code] = int(field[12], 16)
    return category, lower, upper


def stages(values):
    """Cuts values into blocks; returns the blocks that differ and, for each block, the number of its like."""
    seen, blocks, index = {}, [], []
    for at in range(0, len(values), BLOCK):
        block = tuple(values[at:at + BLOCK])
        if block not in seen:
            seen[block] = len(blocks)
            blocks.append(block)
        index.append(seen[block])
    return blocks, index


def trim(index, tail):
    while index and index[-1] == tail:
        index.pop()
    return index


def write_numbers(out, numbers, fold=118):
    line = "   "
    for number in numbers:
        text = " %d," % number
        if len(line) + len(text) > fold:
            out.write(line + "\n")
            line = "   "
        line += text
    out.write(line + "\n")


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode/UnicodeData.txt"
    with open(os.path.join(os.path.dirname(path) or ".", "ReadMe.txt"), encoding="utf-8") as readme:
        version = re.search(r"Version (\d+\.\d+\.\d+)", readme.read()).group(1)
    category, lower, upper = read(path)
    codes = list(category)
    for begin, end in NGRAM_BLOCKS:
        for c in range(begin, end + 1):
            codes[c] |= NGRAM
    # Planes 14 to 16 hold variation selectors, tags and private use: two ranges each, said in unicode.c.
    blocks, index = stages(codes[:0x40000])
    shifts, case = [(0, 0)], [0] * LIMIT
    for c in sorted(set(lower) | set(upper)):
        pair = (lower.get(c, c) - c, upper.get(c, c) - c)
        if pair not in shifts:
            shifts.append(pair)
        case[c] = shifts.index(pair)
    assert len(shifts) < 256
    case_blocks, case_index = stages(case)
    case_index = trim(case_index, 0)
    assert case_blocks[0] == (0,) * BLOCK and len(case_blocks) < 256

    out = sys.stdout
    out.write("/* Made by make_unicode_table.py from Unicode %s; do not edit. */\n" % version)
    out.write('#include "text/unicode_table.h"\n\n')
    out.write("const char unicode_table_version[] = \"%s\";\n\n" % version)
    out.write("const uint16_t unicode_table_block[UNICODE_TABLE_LIMIT / %d] = {\n" % BLOCK)
    write_numbers(out, index)
    out.write("};\n\n/* A letter a code point: '@' + code, see unicode_table.h. */\n")
    out.write("const char unicode_table_code[%d][%d] = {\n" % (len(blocks), BLOCK))
    for block in blocks:
        out.write('    "%s",\n' % "".join(chr(64 + code) for code in block).replace("\\", "\\\\"))
    out.write("};\n\nconst uint32_t unicode_table_case_blocks = %d;\n\n" % len(case_index))
    out.write("const uint8_t unicode_table_case_block[%d] = {\n" % len(case_index))
    write_numbers(out, case_index)
    out.write("};\n\nconst uint8_t unicode_table_case[%d][%d] = {\n" % (len(case_blocks), BLOCK))
    for block in case_blocks:
        if any(block):
            out.write("    {\n")
            write_numbers(out, block)
            out.write("    },\n")
        else:
            out.write("    {0},\n")
    out.write("};\n\nconst int32_t unicode_table_shift[%d][2] = {\n" % len(shifts))
    for low, up in shifts:
        out.write("    {%d, %d},\n" % (low, up))
    out.write("};\n")


main()
