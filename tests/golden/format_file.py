"""The bytes of a file of oir's: numbers, checksums, LMDB's tree, parts. See oir_format.py."""

import struct

# What was met: forms of which there are several. For tests, which want to have met them all.
met = set()


class Wrong(Exception):
    pass


def need(condition, what):
    if not condition:
        raise Wrong(what)


def u16(b, at=0):
    return int.from_bytes(b[at:at + 2], "little")


def u32(b, at=0):
    return int.from_bytes(b[at:at + 4], "little")


def u64(b, at=0):
    return int.from_bytes(b[at:at + 8], "little")


def floor_log2(v):
    return v.bit_length() - 1


def bits(b, at, width):
    """codec/bitpack.h: `width` bits from bit `at` on, lowest first."""
    return int.from_bytes(b[at >> 3:(at + width + 7) >> 3], "little") >> (at & 7) & ((1 << width) - 1)


def packed(b, count, width):
    return [bits(b, i * width, width) for i in range(count)]


class Taker:
    """Takes numbers one after another."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        need(self.at + size <= len(self.data), "cut short")
        self.at += size
        return self.data[self.at - size:self.at]

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def varint(self):
        """codec/varint.h"""
        value = shift = 0
        while True:
            byte = self.number(1)
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value


# ---- base/crc32c.h, base/hash.h ----

_CRC = []
for _n in range(256):
    for _ in range(8):
        _n = _n >> 1 ^ (0x82F63B78 if _n & 1 else 0)
    _CRC.append(_n)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


_A, _B, _C = 0x2D358DCCAA6C78A5, 0x8BB84B93962EACC9, 0x4B33A62ED433D4A3


def _mix(a, b):
    return (a * b ^ a * b >> 64) & (1 << 64) - 1


def hash_bytes(b):
    seed = _mix(_A, _B)
    size, at = len(b), 0
    if size > 32:
        other = seed
        while size - at > 32:
            seed = _mix(u64(b, at) ^ _A, u64(b, at + 8) ^ seed)
            other = _mix(u64(b, at + 16) ^ _B, u64(b, at + 24) ^ other)
            at += 32
        seed ^= other * _C & (1 << 64) - 1
    if size - at > 16:
        seed = _mix(u64(b, at) ^ _C, u64(b, at + 8) ^ seed)
        at += 16
    return _mix(_B ^ size, _mix(u64(b, at) ^ _A, u64(b, at + 8) ^ seed))


# ---- the file ----


def lmdb_values(data):
    """segment/container_tree.c: the values of the tree of an LMDB file, in the order of their keys."""
    page_size = u32(data, 16 + 24)
    metas = [data[i * page_size + 16:] for i in (0, 1)]
    meta = max(metas, key=lambda m: u64(m, 128))
    need(u32(meta) == 0xBEEFC0DE and u32(meta, 4) == 1, "not an LMDB file")
    values = []

    def walk(number):
        page = data[number * page_size:(number + 1) * page_size]
        need(u64(page) == number, "page number")
        for at in range(16, u16(page, 12), 2):
            node = page[u16(page, at):]
            if u16(page, 10) == 1:
                walk(u32(node) | u16(node, 4) << 32)
                continue
            need(u16(page, 10) == 2 and u16(node, 6) == 4 and u32(node, 8) == len(values), "keys")
            size, start = u32(node), 12
            if u16(node, 4) == 1:
                node, start = data, u64(node, 12) * page_size + 16
            values.append(node[start:start + size])

    walk(u64(meta, 72 + 40))
    return values


class Container:
    """segment/container_writer.c, segment/container.h"""

    def __init__(self, path):
        with open(path, "rb") as file:
            *chunks, d = lmdb_values(file.read())
        need(d[:8] == b"\x89oirseg\n" and u32(d, 16) == len(d), "not a directory of parts")
        self.version = u16(d, 8), u16(d, 10)
        need(crc32c(d[:12] + d[16:]) == u32(d, 12), "checksum of the directory")
        need(u32(d, 28) == len(chunks), "number of chunks")
        parts, self.parts = u32(d, 24), {}
        piece = 32 + 40 * parts
        for i in range(parts):
            kind, _, size, root, root_size, count = struct.unpack_from("<IIQQQI", d, 32 + 40 * i)
            slots = {}
            for _ in range(count):
                key, start, length, slot = struct.unpack_from("<4I", d, piece)
                slots[slot] = chunks[key][start:start + length]
                piece += 16
            self.parts[kind] = size, root, root_size, slots
            met.add(f"part {kind}")
        for number, chunk in enumerate(chunks):
            need(u32(d, piece + 4 * number) == len(chunk), "size of a chunk")
        piece += 4 * len(chunks)
        for chunk in chunks:
            for at in range(0, len(chunk), 1 << 16):
                need(crc32c(chunk[at:at + (1 << 16)]) == u32(d, piece), "checksum of a chunk")
                piece += 4
        need(piece == len(d), "size of the directory")

    def get(self, kind, address, size):
        """Of an object: its bytes, or `size` of them from anywhere within."""
        if size == 0:
            return b""
        slot, offset, slots = address >> 20, address & (1 << 20) - 1, self.parts[kind][3]
        if slot not in slots or offset + size > 1 << 20:
            met.add("large object")
        while slot not in slots:
            slot, offset = slot - 1, offset + (1 << 20)
        need(offset >= 16 and offset - 16 + size <= len(slots[slot]), "address")
        return slots[slot][offset - 16:offset - 16 + size]

    def root(self, kind):
        """None where there is no such part."""
        if kind not in self.parts:
            return None
        _, address, size, _ = self.parts[kind]
        need(address, "no root")
        return self.get(kind, address, size)

    def blocks(self, kind, address, count):
        """segment/block_index.h: first numbers and blocks."""
        table = self.get(kind, address, 16 * count)
        return [(u32(table, i), self.get(kind, u64(table, i + 8), u32(table, i + 4))) for i in range(0, 16 * count, 16)]
