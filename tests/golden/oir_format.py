"""An index read from the description of its format alone: written with the comments at hand that ARCHITECTURE.md's
table "Files" names, and nothing of the library. Each class and function says whose layout it reads. Damage ends in an
exception; it is no example of a quick reader."""

import bisect
import os
import struct
import zlib

from format_file import Container, Taker, bits, hash_bytes, met, need, packed, u16, u32, u64
from format_lists import INLINED, SHORT, SPARSE, WINDOW, PostingList, read_positions

SEGMENT, TERMS, POSTINGS, POSITIONS, LENGTHS, DOCIDS, STORED, VALUES, TERMLISTS, PAIRS = range(1, 11)
GENERATION, FREQUENT = 14, 15
PART_NAMES = dict(enumerate(("segment", "terms", "postings", "positions", "lengths", "docids", "stored", "values",
                             "termlists", "pairs"), 1)) | {GENERATION: "generation", FREQUENT: "frequent"}

# ---- the catalog ----


class Generation:
    """catalog/generation_bytes.c"""

    def __init__(self, data):
        t = Taker(data)
        flags = t.number(4)
        self.term_lists, self.stored = bool(flags & 1), bool(flags & 2)
        need(flags < 4, "flags of a generation")
        self.last_docid, self.revision, self.next_segment = t.number(4), t.number(8), t.number(8)
        self.k1, self.b = struct.unpack("<2d", t.take(16))
        self.uuid = t.take(36).decode()
        self.segments = [self._segment(t) for _ in range(t.number(4))]
        self.settings = {t.take(t.number(4)).decode(): t.take(t.number(4)) for _ in range(t.number(4))}
        need(t.at == len(data), "bytes behind a generation")

    @staticmethod
    def _segment(t):
        s = dict(zip(("number", "documents", "deleted", "total", "deleted_length", "bytes", "corrections"),
                     (t.number(size) for size in (8, 4, 4, 8, 8, 8, 4))))
        mask = t.take((s["documents"] + 63) // 64 * 8) if s["deleted"] else b""
        s["mask"] = int.from_bytes(mask, "little")
        ordinal, corrections = -1, {}
        for _ in range(s["corrections"]):
            ordinal += t.varint() + 1
            corrections[ordinal] = t.varint(), t.varint()
        s["corrections"] = corrections
        return s


# ---- a segment ----


class Segment:
    """segment/documents_writer.c, and the other parts as they are asked for."""

    def __init__(self, path):
        self.file = Container(path)
        r = self.file.root(SEGMENT)
        need(len(r) == 176, "size of a segment's root")
        (self.count, self.flags, self.total, self.shortest, self.longest, self.base, self.first, self.last,
         shortcuts) = struct.unpack_from("<2IQ6I", r)
        self.k1, self.b, self.average = struct.unpack_from("<3d", r, 40)
        self.lengths = self._planes(r, 64)
        self.extents = self._planes(r, 96) if u64(r, 96) else self.lengths
        if u64(r, 144):
            windows = (self.count + WINDOW - 1) // WINDOW
            even = struct.unpack(f"<{windows}I", self.file.get(LENGTHS, u64(r, 144), 4 * windows))
            self.places = [even[d // WINDOW] for d in range(self.count)]
        else:
            self.places = self.extents
        met.update(f"flag {1 << i}" for i in range(5) if self.flags >> i & 1)
        met.add(f"position base {self.base}")
        met.add("extents by window" if u64(r, 144) else "extents" if u64(r, 96) else "extents are lengths")
        far, self.marks = u32(r, 168), None
        self.docids = range(self.first, self.first + self.count)
        if u64(r, 128):
            less = self._column(u64(r, 128), self.count, self.last - self.first)
            self.docids = [self.first + d for d in less]
        met.add("docids without order" if u64(r, 136) else "docids with gaps" if u64(r, 128) else "docids in a row")
        if u64(r, 136):
            blocks = (self.count + 511) // 512
            marks = self.file.get(DOCIDS, u64(r, 136), blocks * 68)
            self.marks, self.ranks = int.from_bytes(marks[:64 * blocks], "little"), marks[64 * blocks:]
            met.update(name for name, n in (("shortcuts", shortcuts), ("far docids", far)) if n)
            self.shortcuts = self._column(u64(r, 152), shortcuts, self.count - 1)
            self.far = self._column(u64(r, 160), far, self.count - 1)
        self.terms = self._terms()
        self.by_name = {entry["term"]: entry for entry in self.terms}

    def _planes(self, r, at):
        planes = [self.file.get(LENGTHS, u64(r, i), self.count) for i in range(at, at + 32, 8) if u64(r, i)]
        return [int.from_bytes(column, "little") for column in zip(*planes)]

    def _column(self, address, count, most):
        """segment/packed_column.h"""
        width = most.bit_length()
        return packed(self.file.get(DOCIDS, address, (count * width + 7) // 8), count, width) if count else []

    def find(self, docid):
        """segment/docid_inverse.c: a document's local number by its docid; None where there is none."""
        want = docid - self.first
        if self.marks is None or want >= self.count:
            among = range(self.count) if self.marks is None else self.far
            at = bisect.bisect_left(among, docid, key=self.docids.__getitem__)
            return among[at] if at < len(among) and self.docids[among[at]] == docid else None
        at, marked = want, False
        for _ in range(2 * 24 + 2):
            if at >= self.count:
                break
            local, at = at, self.docids[at] - self.first
            if at == want:
                return local
            if not marked and self.marks >> local & 1:
                marked = True
                block = local // 512 * 512
                rank = u32(self.ranks, local // 512 * 4) + (self.marks >> block & (1 << local - block) - 1).bit_count()
                at = self.shortcuts[rank]
        return None

    # -- terms --

    def _info(self, t):
        """segment/terms_writer.c, "infos" """
        head = t.number(2)
        e = {"form": head & 3, "positions_form": head >> 2 & 3, "zero_wdf": head >> 4 & 1}
        inlined = e["form"] == INLINED
        e["termfreq"] = (head >> 11 & 1) + 1 if inlined else t.number((1, 2, 3, 4)[head >> 11 & 3])
        e["collection_freq"] = t.number((0, 1, 3, 8)[head >> 5 & 3]) + (0 if e["zero_wdf"] else e["termfreq"])
        code = head >> 7 & 3
        e["wdf_max"] = t.number((0, 1, 2, 4)[code])
        if code == 0:
            e["wdf_max"] = e["collection_freq"] + (0 if e["zero_wdf"] else 1 - e["termfreq"])
        e["size"] = 0 if inlined else t.number((1, 2, 3, 8)[head >> 13 & 3])
        e["positions_size"] = t.number((1, 2, 3, 8)[head >> 9 & 3]) if e["positions_form"] else 0
        met.update((f"code {head >> 5 & 3} of extra", f"code {code} of wdf_max"))
        e["inlined"] = t.take(head >> 12 & 15) if inlined else b""
        return e

    def _terms(self):
        """segment/terms_writer.c"""
        r, terms, self.postings_count, separators_at = self.file.root(TERMS), [], 0, 0
        count, blocks, total, _ = struct.unpack_from("<IIQQ", r)
        prefixes, separators = 24, 24 + 24 * blocks + 4
        for i in range(blocks):
            where = u64(r, prefixes + 8 * blocks + 8 * i)
            t = Taker(self.file.get(TERMS, where >> 16, where & 0xFFFF))
            postings, positions, strings = t.varint(), t.varint(), Taker(t.take(t.varint()))
            first = u32(r, prefixes + 16 * blocks + 4 * i)
            end = u32(r, prefixes + 16 * blocks + 4 * i + 4)
            need(first == len(terms), "ordinal of a block")
            last, term = terms[-1]["term"] if terms else b"", b""
            while strings.at < len(strings.data):
                head = strings.number(1)
                shared = head & 15 if head & 15 < 15 else 15 + strings.number(1)
                rest = (head >> 4) + 1 if head >> 4 < 15 else 16 + strings.number(1)
                term = term[:shared] + strings.take(rest)
                e = self._info(t)
                e.update(term=term, ordinal=len(terms), address=postings, positions_address=positions)
                postings, positions = postings + e["size"], positions + e["positions_size"]
                terms.append(e)
            need(len(terms) == end and t.at == len(t.data), "end of a block of terms")
            start, separators_at = separators_at, u32(r, separators - 4 * blocks + 4 * i)
            separator = r[separators + start:separators + separators_at]
            name = terms[first]["term"]
            fewest = next(n for n in range(1, len(name) + 1) if name[:n] > last)
            need(separator == name[:fewest], "a separator")
            need(u64(r, 24 + 8 * i) == int.from_bytes(separator[:8].ljust(8, b"\0"), "big"), "a prefix")
        need(len(terms) == count and total == sum(e["termfreq"] for e in terms), "numbers of terms")
        need(all(a["term"] < b["term"] for a, b in zip(terms, terms[1:])), "order of terms")
        return terms

    def list_of(self, e):
        b = self.file.get(POSTINGS, e["address"], e["size"]) if e["form"] != INLINED else e["inlined"]
        made = PostingList(b, e, self.count)
        need(e["form"] == INLINED or made.size == e["size"], "size of a list")
        return made

    def positions_of(self, e, made):
        if not e["positions_form"]:
            return [[]] * len(made.documents)
        b = self.file.get(POSITIONS, e["positions_address"], e["positions_size"])
        groups = read_positions(b, e, made, self.places, self.count)
        return [[p + self.base for p in group] for group in groups]

    def frequent(self):
        """segment/frequent_terms_writer.c: each term that the table finds, by its place."""
        r = self.file.root(FREQUENT)
        if r is None:
            return
        count, slots = u32(r), u32(r, 4)
        t = Taker(r[8 + 4 * slots:])
        for _ in range(count):
            where = t.at + 1
            term = t.take(t.number(1))
            ordinal, address, positions = t.number(4), t.number(6), t.number(6)
            e = self._info(t)
            e.update(term=term, ordinal=ordinal, address=address, positions_address=positions)
            hashed, found = hash_bytes(term), None
            for i in range(8):
                slot = u32(r, 8 + 4 * ((hashed + i) % slots))
                if slot == 0 or slot >> 20 == hashed >> 52:
                    found = slot & 0xFFFFF
                    break
            need(found == where, "the slot of a frequent term")
            yield e
        need(t.at == len(t.data), "end of the frequent terms")

    # -- documents --

    def term_lists(self):
        """segment/termlists_writer.c: of each document ordinals and wdf."""
        r, lists = self.file.root(TERMLISTS), []
        for first, block in self.file.blocks(TERMLISTS, u64(r, 8), u32(r, 4)):
            t = Taker(block)
            need(first == len(lists), "first document of a block")
            for size in [t.varint() for _ in range(t.varint())]:
                one, ordinal, found = Taker(t.take(size)), -1, []
                for _ in range(one.varint()):
                    d = one.varint()
                    ordinal += (d >> 1) + 1
                    found.append((ordinal, one.varint() if d & 1 else 1))
                need(one.at == size, "size of a list of terms")
                lists.append(found)
        need(len(lists) == u32(r) == self.count, "number of lists of terms")
        return lists

    def stored(self):
        """segment/stored_writer.c: documents' data."""
        r, data = self.file.root(STORED), [b""] * self.count
        if r is None:
            return data
        count, blocks, table, address, size, _, total, taken = struct.unpack("<IIQQIIQQ", r)
        dictionary = self.file.get(STORED, address, size)
        for first, block in self.file.blocks(STORED, table, blocks):
            t = Taker(block)
            sizes = [t.varint() for _ in range(t.varint())]
            method, rest = t.number(1), block[t.at:]
            met.add(f"stored by method {method}")
            if method:
                inflate = zlib.decompressobj(-15, zdict=dictionary[-32768:]) if method == 2 else zlib.decompressobj(-15)
                rest = inflate.decompress(rest)
                need(inflate.eof and not inflate.unused_data, "end of a blob")
            need(len(rest) == sum(sizes), "size of a block")
            t, taken = Taker(rest), taken - len(block)
            for i, one in enumerate(sizes):
                data[first + i] = t.take(one)
        need(count == self.count and taken == 0 and total == sum(map(len, data)), "sums of the data")
        return data

    def values(self):
        """segment/values_writer.c: by slot, by document."""
        r, columns = self.file.root(VALUES), {}
        for at in range(8, 8 + 40 * u32(r), 40) if r else ():
            slot, count, blocks, low, high, _, table, bounds = struct.unpack_from("<6I2Q", r, at)
            column = columns[slot] = {}
            for number, b in self.file.blocks(VALUES, table, blocks):
                n, form, width, size = u16(b) + 1, b[2], b[3], u32(b, 4)
                met.update((f"values of form {form}", f"offsets of values of {width} bytes"))
                if form == 0:
                    present, start = range(n), 8
                elif form == 1:
                    present, start = struct.unpack_from(f"<{n}H", b, 8), 8 + 2 * n
                else:
                    words = [u64(b, 8 + 8 * i) for i in range(64)]
                    present = [64 * i + k for i in range(64) for k in range(64) if words[i] >> k & 1]
                    before = [sum(map(int.bit_count, words[:i])) for i in range(64)]
                    need(list(struct.unpack_from("<64H", b, 520)) == before, "counts of a bitmap")
                    start = 8 + 640
                ends = [bits(b, 8 * (start + width * i), 8 * width) if width else size * (i + 1) for i in range(n)]
                bytes_at = start + width * n
                need(len(present) == n and bytes_at + ends[-1] == len(b), "size of a block of values")
                need(not width or ends[-1] == size, "size of all values")
                for i, d in enumerate(present):
                    column[WINDOW * number + d] = b[bytes_at + (ends[i - 1] if i else 0):bytes_at + ends[i]]
            need(len(column) == count, "number of values")
            both = self.file.get(VALUES, bounds, low + high)
            need((both[:low], both[low:]) == (min(column.values()), max(column.values())), "bounds of values")
        return columns

    # -- pairs --

    def pairs(self):
        """segment/pairs_writer.c, segment/pairs_marks.c: first and second ordinal, documents that have the pair."""
        r = self.file.root(PAIRS)
        words, count = (u32(r), u32(r, 4)) if r else (0, 0)
        ordinals = [u32(r, 8 + 4 * i) for i in range(words)]
        starts = [u32(r, 8 + 4 * words + 4 * i) for i in range(words + 1)] if words else []
        for first in range(words):
            for pair in range(starts[first], starts[first + 1]):
                at = 12 + 8 * words + 12 * pair
                second, address, n = u16(r, at), u64(r, at) >> 16, u32(r, at + 8)
                entry = {"termfreq": n, "zero_wdf": 0, "wdf_max": 1, "form": SHORT if n < 2048 else SPARSE}
                one, other = self.terms[ordinals[first]], self.terms[ordinals[second & 0x7FFF]]
                if second & 1 << 15:
                    form, documents = "marks", self._marks(address, one, other)
                elif entry["form"] == SHORT:
                    b = self.file.get(PAIRS, address + 2, u16(self.file.get(PAIRS, address, 2)))
                    form, documents = "short", PostingList(b, entry, self.count).documents
                else:
                    b = self._open_end(PAIRS, address)
                    made = PostingList(b, entry, self.count, tops=0)
                    form, documents = "sparse", made.documents
                    has = {d // WINDOW for d in documents}
                    need([255 * (w in has) for w in range(len(made.by_window))] == list(made.by_window), "bounds")
                need(len(documents) == n, "number of a pair's documents")
                met.add(f"pair, {form}")
                yield one, other, form, documents

    def _open_end(self, kind, address):
        slot, offset = address >> 20, address & (1 << 20) - 1
        return self.file.parts[kind][3][slot][offset - 16:]

    def _marks(self, address, one, other):
        head = self.file.get(PAIRS, address, 5)
        marks, width, windows = u32(head), head[4], (self.count + WINDOW - 1) // WINDOW
        sizes = (windows * width + 7) // 8
        b = self.file.get(PAIRS, address + 5, sizes + (marks + 7) // 8)
        both = sorted(set(self.list_of(one).documents) & set(self.list_of(other).documents))
        counts = [sum(d // WINDOW == w for d in both) for w in range(windows)]
        need(len(both) == marks and packed(b, windows, width) == counts, "numbers of marks")
        return [d for i, d in enumerate(both) if bits(b, 8 * sizes + i, 1)]


class Index:
    """catalog/catalog.h, catalog/catalog_current.c"""

    def __init__(self, folder):
        with open(os.path.join(folder, "current"), "rb") as file:
            line = file.read()
        need(line.startswith(b"generation-") and line.endswith(b"\n"), "current")
        self.file = Container(os.path.join(folder, line[:-1].decode()))
        self.generation = Generation(self.file.root(GENERATION))
        self.segments = []
        for entry in self.generation.segments:
            path = os.path.join(folder, f"segment-{entry['number']}")
            segment = Segment(path)
            segment.entry, segment.size = entry, os.path.getsize(path)
            need((segment.count, segment.total, segment.size) ==
                 (entry["documents"], entry["total"], entry["bytes"]), "what a generation says of a segment")
            self.segments.append(segment)

    def dump(self):
        """All that the index says, as lines: those of golden_dump.c."""
        g = self.generation
        live = sum(s.count - s.entry["deleted"] for s in self.segments)
        length = sum(s.total - s.entry["deleted_length"] for s in self.segments)
        yield (f"revision {g.revision}, documents {live}, last {g.last_docid}, length {length}, "
               f"positions {int(any(s.flags & 1 for s in self.segments))}, "
               f"setting {g.settings.get('golden', b'').hex()}")
        for s in self.segments:
            sizes = [f" {PART_NAMES[kind]} {part[0]}" for kind, part in sorted(s.file.parts.items()) if kind != STORED]
            yield (f"segment-{s.entry['number']} {s.count} {s.entry['deleted']} {len(s.terms)} "
                   f"{sum(e['termfreq'] for e in s.terms)}:{''.join(sizes)}")
        yield from self._dump_terms()
        yield from self._dump_documents()

    def _dump_terms(self):
        for term in sorted(set().union(*(s.by_name for s in self.segments))):
            documents, occurrences, most, postings = 0, 0, 0, []
            for s in self.segments:
                e = s.by_name.get(term)
                if e is None:
                    continue
                fewer = s.entry["corrections"].get(e["ordinal"], (0, 0))
                documents += e["termfreq"] - fewer[0]
                occurrences += e["collection_freq"] - fewer[1]
                most = max(most, e["wdf_max"])
                made = s.list_of(e)
                postings += [(s.docids[d], wdf, places) for d, wdf, places
                             in zip(made.documents, made.wdf, s.positions_of(e, made)) if not s.entry["mask"] >> d & 1]
            need(documents == len(postings) and occurrences == sum(p[1] for p in postings), "frequencies of a term")
            if documents:
                yield f"term {term.hex()} {documents} {occurrences} {most}:" + "".join(
                    f" {docid}:{wdf}{''.join(f',{p}' for p in places)}" for docid, wdf, places in sorted(postings))

    def _dump_documents(self):
        lines = {}
        for s in self.segments:
            data, columns = s.stored(), s.values()
            lists = s.term_lists() if self.generation.term_lists else [()] * s.count
            for d in range(s.count):
                if s.entry["mask"] >> d & 1:
                    continue
                values = "".join(f" {slot}={columns[slot][d].hex()}" for slot in sorted(columns) if d in columns[slot])
                terms = "".join(f" {s.terms[ordinal]['term'].hex()}:{wdf}" for ordinal, wdf in lists[d])
                lines[s.docids[d]] = f"document {s.docids[d]} {s.lengths[d]} {data[d].hex()}{values}{terms}"
        yield from (line for _, line in sorted(lines.items()))
