"""Lists of documents and of positions. See oir_format.py."""

import bisect
import struct

from format_file import Taker, bits, floor_log2, met, need, packed, u16, u32, u64

INLINED, SHORT, SPARSE, DENSE = range(4)
COUNTED = 2
WINDOW, RANGE = 4096, 64


def wdf_numbers(b, at, count, width):
    """The end of lists of all forms: codes, from byte `at` on, and a function that puts exceptions in."""
    codes = packed(b[at:at + (count * width + 7) // 8], count, width)
    escape = (1 << width) - 1 if 0 < width < 8 else None
    met.add(f"wdf of {width} bits")
    if escape in codes:
        met.add("exceptions")

    def finish(exceptions):
        return [b[exceptions := exceptions + 1] if c == escape else c for c in codes], exceptions + 1

    return at + (count * width + 7) // 8, lambda at: finish(at - 1)


def upper_ones(b, at, count):
    """Places of the first `count` ones from byte `at` on, and how many bits these are."""
    ones, bit = [], 0
    while len(ones) < count:
        if bits(b, at * 8 + bit, 1):
            ones.append(bit)
        bit += 1
    return ones, bit


def sparse_shape(count, universe):
    """codec/sparse_layout.h: low_bits, windows, stride, samples."""
    windows = (universe + WINDOW - 1) // WINDOW
    stride = max(1, 128 * windows // count)
    return min(12, floor_log2(universe // count)), windows, stride, windows // stride + 1


def read_sparse(b, count, universe):
    """codec/sparse_layout.h: documents, wdf less the base, size. Samples are checked."""
    low, windows, stride, samples = sparse_shape(count, universe)
    at = 1 + 8 * samples
    ones, _ = upper_ones(b, at, count)
    at += ((windows << 12 - low) + count + 7) // 8
    lows = packed(b[at:], count, low)
    documents = [one - i << low | lows[i] for i, one in enumerate(ones)]
    first_wdf, finish = wdf_numbers(b, at + (count * low + 7) // 8, count, b[0])
    wdf, end = finish(first_wdf)
    escape = (1 << b[0]) - 1 if 0 < b[0] < 8 else 256
    for i in range(samples):
        before = [w for d, w in zip(documents, wdf) if d // WINDOW < i * stride]
        need((u32(b, 1 + 8 * i), u32(b, 5 + 8 * i)) == (len(before), sum(w >= escape for w in before)), "a sample")
    return documents, wdf, end


def read_short(b, count):
    """codec/sparse_layout.h"""
    width, low = b[0] % 9, b[0] // 9
    ones, total = upper_ones(b, 1, count)
    at = 1 + (total + 7) // 8
    documents, bit, before, last = [], at * 8, -1, -1
    for one in ones:
        n = low + one - before - 1
        gap = (1 << n | bits(b, bit, n)) - (1 << low)
        bit, before, last = bit + n, one, last + gap + 1
        documents.append(last)
    first_wdf, finish = wdf_numbers(b, (bit + 7) // 8, count, width)
    wdf, end = finish(first_wdf)
    return documents, wdf, end


def read_dense_window(b, count):
    """codec/dense_layout.h: documents and wdf of a window, bounds by range, size."""
    kind, width = b[0] & 7, b[0] >> 3
    met.add("window of bits" if kind == 7 else "window of counts")
    ranges = [r for r in range(64) if u64(b, 1) >> r & 1]
    bounds = dict(zip(ranges, b[9:]))
    at = 9 + len(ranges)
    documents = []
    if kind == 7:
        words, ranks = int.from_bytes(b[at + 16:at + 528], "little"), struct.unpack_from("<8H", b, at)
        documents = [i for i in range(WINDOW) if words >> i & 1]
        need(list(ranks) == [bisect.bisect_left(documents, 512 * i) for i in range(8)], "ranks")
        at, finish = wdf_numbers(b, at + 528, count, width)
    else:
        counts = [c + 1 for c in packed(b[at:], len(ranges), kind)]
        at, finish = wdf_numbers(b, at + (len(ranges) * kind + 7) // 8, count, width)
        bit = at * 8
        for r, n in zip(ranges, counts):
            if n <= 8:
                documents += [r * RANGE + bits(b, bit + 6 * i, 6) for i in range(n)]
            else:
                documents += [r * RANGE + i for i in range(RANGE) if bits(b, bit + i, 1)]
            bit += 6 * n if n <= 8 else 64
        at = (bit + 7) // 8
    wdf, end = finish(at)
    return documents, wdf, bounds, end


def place(b, at, window):
    """segment/postings_writer.c: where a window begins, of each eighth in 4 bytes, of others in 2."""
    group = at + window // 8 * 18
    return u32(b, group) + (u16(b, group + 2 + 2 * (window % 8)) if window % 8 else 0)


def places_size(count):
    return 2 * (count + (count + 7) // 8)


class PostingList:
    """segment/postings_writer.c: documents, wdf; bounds as bytes by window and by range; low, high and tops."""

    def __init__(self, b, entry, universe, tops=6):
        form, count, base = entry["form"], entry["termfreq"], 0 if entry["zero_wdf"] else 1
        windows, large, at = (universe + WINDOW - 1) // WINDOW, {}, 0
        self.by_window = self.by_range = self.tops = None
        self.form = form
        met.add(("inlined", "short", "sparse", "dense")[form] + (", large wdf" if entry["wdf_max"] >= 255 else ""))
        met.add(f"base {base}")
        if form == INLINED:
            t, last = Taker(b), -1
            self.documents, self.wdf = [], []
            for _ in range(count):
                last += t.varint() + 1
                self.documents.append(last)
                self.wdf.append(t.varint() + base)
            need(t.at == len(b), "size of an inlined list")
            return
        if entry["wdf_max"] >= 255:
            at = 4 + 8 * u32(b)
            large = {u32(b, i): u32(b, i + 4) for i in range(4, at, 8)}
        if form == SHORT:
            self.documents, wdf, end = read_short(b[at:], count)
        else:
            self.low, self.high, self.tops = u16(b, at), u16(b, at + 2), b[at + 4:at + 4 + tops]
            at += 4 + tops
            self.by_window = b[at:at + windows]
            at += windows
        if form == SPARSE:
            self.documents, wdf, end = read_sparse(b[at:], count, universe)
        if form == DENSE:
            places = at + 2 * windows
            payload, end = places + places_size(windows + 1), 0
            self.documents, wdf, self.by_range = [], [], {}
            for w in range(windows):
                n, start = u16(b, at + 2 * w), payload + place(b, places, w)
                size = payload + place(b, places, w + 1) - start
                if n == 0:
                    need(size == 0 and self.by_window[w] == 0, "a window without documents")
                    continue
                documents, some, bounds, used = read_dense_window(b[start:], n)
                need(used == size and len(documents) == n, "size of a window")
                self.documents += [w * WINDOW + d for d in documents]
                wdf += some
                self.by_range.update((w * 64 + r, bound) for r, bound in bounds.items())
            at, end = payload, place(b, places, windows)
        self.size = at + end
        self.wdf = [large[d] if w + base == 255 else w + base for d, w in zip(self.documents, wdf)]


# ---- positions ----


def low_parts(c, u):
    """codec/positions.h: how many bits low parts take, and r where there are high parts, else None."""
    met.add(f"{min(c, 3)} positions" + (", far" if u > 1 << 16 else ""))
    if c == 0:
        return 0, None
    if c == 1:
        return (u - 1).bit_length(), None
    if c == 2 and u <= 1 << 16:
        return (u * (u - 1) // 2 - 1).bit_length(), None
    r = floor_log2((u - c) // c) if u - c >= c else 0
    return c * r, r


def read_run(b, counts, places):
    """codec/positions.h: positions less the base of groups that have `counts` of them (None: that is written there),
    among `places`."""
    bit, groups, low = 0, [], 8 * len(b)

    def zeros():
        nonlocal bit
        first = bit
        while not bits(b, bit, 1):
            bit += 1
        bit += 1
        return bit - 1 - first

    for c, u in zip(counts, places):
        if c is None:
            n = zeros()
            c, bit = (1 << n | bits(b, bit, n)) - 1, bit + n
        size, r = low_parts(c, u)
        low -= size
        if r is not None:
            at = -1
            group = []
            for i in range(c):
                at += (zeros() << r | bits(b, low + i * r, r)) + 1
                group.append(at)
        elif c == 2:
            number, second = bits(b, low, size), 1
            while second * (second + 1) // 2 <= number:
                second += 1
            group = [number - second * (second - 1) // 2, second]
        else:
            group = [bits(b, low, size)] * c
        groups.append(group)
    need(0 <= low - bit < 8, "size of a run of positions")
    return groups


def read_positions(b, entry, posting_list, extents, universe):
    """segment/postings_writer.c: the positions, less the base, of each document of a list."""
    documents = posting_list.documents
    met.add(f"{('inlined', 'short', 'sparse', 'dense')[entry['form']]}, positions {entry['positions_form']}")
    counts = [None] * len(documents) if entry["positions_form"] == COUNTED else posting_list.wdf
    runs = []  # of each its bytes, and its documents' indexes
    if entry["form"] in (INLINED, SHORT):
        runs = [(b, range(len(documents)))]
    elif entry["form"] == SPARSE:
        _, _, stride, samples = sparse_shape(len(documents), universe)
        of = [min(d // WINDOW // stride, samples - 1) for d in documents]
        starts = [u32(b, 4 * s) for s in range(samples)] + [len(b)]
        runs = [(b[starts[s]:starts[s + 1]], [i for i, o in enumerate(of) if o == s]) for s in range(samples)]
    else:
        offset, narrow, windows = b[0] & 7, b[0] & 8, (universe + WINDOW - 1) // WINDOW
        met.add(f"offsets of {offset}, {'narrow' if narrow else 'wide'}")
        starts = [place(b, 1, w) if narrow else u32(b, 1 + 4 * w) for w in range(windows)] + [len(b)]
        for w in range(windows):
            inside = [i for i, d in enumerate(documents) if d // WINDOW == w]
            more = (len(inside) - 1) // 64 if inside else 0
            first = starts[w] + more * offset
            cuts = [0] + [int.from_bytes(b[at:at + offset], "little") for at in range(starts[w], first, offset)]
            for k, start in enumerate(cuts):
                end = first + cuts[k + 1] if k < more else starts[w + 1]
                runs.append((b[first + start:end], inside[64 * k:64 * k + 64]))
    out = [[]] * len(documents)
    for run, indexes in runs:
        groups = read_run(run, [counts[i] for i in indexes], [extents[documents[i]] for i in indexes])
        for i, group in zip(indexes, groups):
            out[i] = group
    return out
