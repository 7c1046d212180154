/* PART_DOCIDS has up to three objects at 64 for it; N is the number of documents, and docids are less the lowest:
 *     marks       for each 512 local numbers (the last ones: fewer) 64 bytes, a bit for each that is marked;
 *                 then for each 512 a u32: how many are marked before
 *     shortcuts   for each marked local number a local number that is before it in its chain
 *     far         the local numbers whose docids are N or more, by ascending docid
 * The latter two are packed to bits as codec/bitpack.h says, in the fewest bits that hold N - 1.
 *
 * Chains that begin with a local number that is no docid come first, by that, and end with one that has a far docid;
 * then those that close, by their lowest local number, as long as they are longer than 24 (DOCID_INVERSE_STEP). Of a
 * chain's numbers, counted from 0, the multiples of that are marked, and an open chain's last one; not the first of an
 * open one. Each one's shortcut leads to the one that is marked before it or, from the first of these, to the first of
 * an open chain, the last marked one of a closed one. */
#include "segment/docid_inverse.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum {
    BLOCK = 512, /* local numbers */
    BLOCK_BYTES = BLOCK / 8,
    RANK_BYTES = 4
};

#define NONE UINT32_MAX

static uint32_t find_blocks(uint32_t count)
{
    return (uint32_t)(((uint64_t)count + BLOCK - 1) / BLOCK);
}

static uint64_t find_marks_size(uint32_t count)
{
    return (uint64_t)find_blocks(count) * (BLOCK_BYTES + RANK_BYTES);
}

/* ---- making it ---- */

/* What is written, before it is packed. */
typedef struct tables {
    uint32_t *shortcuts; /* by local number, NONE where there is none; then one after another */
    uint8_t *marks;
    uint64_t *far;       /* docid << 32 | local number, ascending */
    uint32_t shortcut_count, far_count;
    uint64_t *image;     /* a bit for each docid below the number of documents that there is */
    uint64_t *done;      /* for each number of a chain that was gone along */
} tables;

static void tables_release(tables *t)
{
    memory_free(t->shortcuts);
    memory_free(t->marks);
    memory_free(t->far);
    memory_free(t->image);
    memory_free(t->done);
}

static bool has_bit(const uint64_t *bits, uint32_t i)
{
    return bits[i >> 6] >> (i & 63) & 1;
}

static void set_bit(uint64_t *bits, uint32_t i)
{
    bits[i >> 6] |= UINT64_C(1) << (i & 63);
}

static oir_status twice(oir_error *err)
{
    return error_set(err, OIR_INVALID_ARGUMENT, "a docid is there twice in one segment");
}

/* The image, and what is far. */
static oir_status sort_docids(tables *t, const uint32_t *docids, uint32_t count, oir_error *err)
{
    for (uint32_t i = 0; i < count; i++) {
        if (docids[i] >= count) {
            t->far_count++;
        } else {
            if (has_bit(t->image, docids[i]))
                return twice(err);
            set_bit(t->image, docids[i]);
        }
    }
    if (!t->far_count)
        return OIR_OK;
    t->far = memory_new(t->far_count * sizeof *t->far);
    if (!t->far)
        return error_no_memory(err, "an inverse of docids");
    for (uint32_t i = 0, n = 0; i < count; i++)
        if (docids[i] >= count)
            t->far[n++] = (uint64_t)docids[i] << 32 | i;
    sort_u64(t->far, t->far_count);
    for (uint32_t i = 1; i < t->far_count; i++)
        if (t->far[i] >> 32 == t->far[i - 1] >> 32)
            return twice(err);
    return OIR_OK;
}

static void mark(tables *t, uint32_t local, uint32_t shortcut)
{
    t->shortcuts[local] = shortcut;
    t->marks[local >> 3] |= (uint8_t)(1u << (local & 7));
    t->shortcut_count++;
}

/* Goes along a chain; an open one ends where a docid is no local number. */
static void mark_chain(tables *t, const uint32_t *docids, uint32_t count, uint32_t first)
{
    uint32_t before = first, steps = 0, at = first;
    do {
        uint32_t next = docids[at];
        set_bit(t->done, at);
        if (steps && (steps % DOCID_INVERSE_STEP == 0 || next >= count)) {
            mark(t, at, before);
            before = at;
        }
        steps++;
        at = next;
    } while (at < count && at != first);
    if (at == first && steps > DOCID_INVERSE_STEP)
        mark(t, first, before);
}

/* Puts shortcuts one after another, and counts marks. */
static void put_together(tables *t, uint32_t count)
{
    uint32_t n = 0;
    uint8_t *ranks = t->marks + (size_t)find_blocks(count) * BLOCK_BYTES;
    for (uint32_t i = 0; i < count; i++) {
        if (i % BLOCK == 0)
            bits_store32(ranks + (size_t)(i / BLOCK) * RANK_BYTES, n);
        if (t->shortcuts[i] != NONE)
            t->shortcuts[n++] = t->shortcuts[i];
    }
}

/* OIR_INVALID_ARGUMENT, OIR_NO_MEMORY; tables_release whatever comes back. */
static oir_status tables_make(tables *t, const uint32_t *docids, uint32_t count, oir_error *err)
{
    size_t words = (size_t)count / 64 + 1;
    *t = (tables){.shortcuts = memory_new((size_t)count * sizeof *t->shortcuts),
                  .marks = memory_new_zeroed((size_t)find_marks_size(count), 1),
                  .image = memory_new_zeroed(words, sizeof *t->image),
                  .done = memory_new_zeroed(words, sizeof *t->done)};
    if (!t->shortcuts || !t->marks || !t->image || !t->done)
        return error_no_memory(err, "an inverse of docids");
    ERROR_FORWARD(sort_docids(t, docids, count, err));
    for (uint32_t i = 0; i < count; i++)
        t->shortcuts[i] = NONE;
    for (uint32_t i = 0; i < count; i++)
        if (!has_bit(t->image, i))
            mark_chain(t, docids, count, i);
    for (uint32_t i = 0; i < count; i++)
        if (!has_bit(t->done, i))
            mark_chain(t, docids, count, i);
    put_together(t, count);
    return OIR_OK;
}

static oir_status write_column(container_writer *w, const uint32_t *numbers, uint32_t count, uint32_t most,
                               uint64_t *address, oir_error *err)
{
    return count ? packed_column_write(w, PART_DOCIDS, numbers, count, most, address, err) : OIR_OK;
}

static oir_status write_tables(container_writer *w, tables *t, uint32_t count, docid_inverse_places *places,
                               oir_error *err)
{
    *places = (docid_inverse_places){.shortcut_count = t->shortcut_count, .far_count = t->far_count};
    ERROR_FORWARD(container_writer_add(w, PART_DOCIDS, t->marks, find_marks_size(count), 64, &places->marks, err));
    ERROR_FORWARD(write_column(w, t->shortcuts, t->shortcut_count, count - 1, &places->shortcuts, err));
    for (uint32_t i = 0; i < t->far_count; i++) /* shortcuts are written */
        t->shortcuts[i] = (uint32_t)t->far[i];
    return write_column(w, t->shortcuts, t->far_count, count - 1, &places->far, err);
}

oir_status docid_inverse_write(container_writer *w, const uint32_t *docids, uint32_t count,
                               docid_inverse_places *places, oir_error *err)
{
    tables t;
    oir_status status = tables_make(&t, docids, count, err);
    if (status == OIR_OK)
        status = write_tables(w, &t, count, places, err);
    tables_release(&t);
    return status;
}

/* ---- reading it ---- */

static oir_status open_column(packed_column *c, const container *parts, uint64_t address, uint32_t numbers,
                              uint32_t count, oir_error *err)
{
    if (!address != !numbers)
        return error_set(err, OIR_CORRUPT, "what finds documents by docid is damaged");
    return packed_column_open(c, parts, PART_DOCIDS, address, numbers, count - 1, err);
}

oir_status docid_inverse_open(docid_inverse *v, const container *parts, uint32_t count,
                              const docid_inverse_places *places, oir_error *err)
{
    *v = (docid_inverse){.count = count, .places = *places};
    if (!places->marks)
        return places->shortcuts || places->far || places->shortcut_count || places->far_count
                   ? error_set(err, OIR_CORRUPT, "what finds documents by docid is damaged") : OIR_OK;
    ERROR_FORWARD(container_locate(parts, PART_DOCIDS, places->marks, find_marks_size(count), &v->marks, err));
    ERROR_FORWARD(open_column(&v->shortcuts, parts, places->shortcuts, places->shortcut_count, count, err));
    return open_column(&v->far, parts, places->far, places->far_count, count, err);
}

/* By a list of local numbers or, where there is none, by all. */
static oir_status find_in_list(const docid_inverse *v, const packed_column *docids, uint32_t docid, uint32_t *local,
                               bool *found, oir_error *err)
{
    uint32_t low = 0, high = v->marks ? v->places.far_count : v->count;
    while (low < high && !*found) {
        uint32_t middle = low + (high - low) / 2, at = middle;
        if (v->marks) {
            ERROR_FORWARD(packed_column_verify(&v->far, middle, 1, err));
            at = packed_column_get(&v->far, middle);
        }
        ERROR_FORWARD(packed_column_verify(docids, at, 1, err));
        uint32_t here = packed_column_get(docids, at);
        if (here < docid)
            low = middle + 1;
        else
            high = middle;
        *local = at;
        *found = here == docid;
    }
    return OIR_OK;
}

/* The shortcut of a local number, if it is marked. */
static oir_status find_shortcut(const docid_inverse *v, uint32_t at, uint32_t *to, bool *marked, oir_error *err)
{
    uint64_t bits = (uint64_t)(at / BLOCK) * BLOCK_BYTES;
    uint64_t ranks = (uint64_t)find_blocks(v->count) * BLOCK_BYTES + (uint64_t)(at / BLOCK) * RANK_BYTES;
    const uint8_t *bytes;
    ERROR_FORWARD(container_get(v->shortcuts.parts, PART_DOCIDS, v->places.marks + bits, BLOCK_BYTES, &bytes, err));
    *marked = bytes[at % BLOCK / 8] >> (at & 7) & 1;
    if (!*marked)
        return OIR_OK;
    uint64_t rank = 0;
    for (uint32_t i = 0; i < at % BLOCK / 64; i++)
        rank += bits_count(bits_load64(bytes + (size_t)i * 8));
    rank += bits_count(bits_load64(bytes + (size_t)(at % BLOCK / 64) * 8) & bits_low(at & 63));
    ERROR_FORWARD(container_get(v->shortcuts.parts, PART_DOCIDS, v->places.marks + ranks, RANK_BYTES, &bytes, err));
    rank += bits_load32(bytes);
    if (rank >= v->places.shortcut_count)
        return error_set(err, OIR_CORRUPT, "what finds documents by docid is damaged");
    ERROR_FORWARD(packed_column_verify(&v->shortcuts, (uint32_t)rank, 1, err));
    *to = packed_column_get(&v->shortcuts, (uint32_t)rank);
    return OIR_OK;
}

/* From a docid on to a mark, from where its shortcut leads on to the docid, if it is there. */
static oir_status find_in_chain(const docid_inverse *v, const packed_column *docids, uint32_t docid, uint32_t *local,
                                bool *found, oir_error *err)
{
    uint32_t at = docid;
    bool marked = false;
    for (uint32_t steps = 0; steps < 2 * DOCID_INVERSE_STEP + 2 && at < v->count && !*found; steps++) {
        uint32_t from = at;
        ERROR_FORWARD(packed_column_verify(docids, from, 1, err));
        at = packed_column_get(docids, from);
        *found = at == docid;
        *local = from;
        if (!marked && !*found)
            ERROR_FORWARD(find_shortcut(v, from, &at, &marked, err));
    }
    return OIR_OK;
}

oir_status docid_inverse_find(const docid_inverse *v, const packed_column *docids, uint32_t docid, uint32_t *local,
                              bool *found, oir_error *err)
{
    bool in_chain = v->marks && docid < v->count;
    *found = false;
    return in_chain ? find_in_chain(v, docids, docid, local, found, err)
                    : find_in_list(v, docids, docid, local, found, err);
}

/* ---- checking it ---- */

static bool is_column(const packed_column *c, uint32_t count, const tables *t, bool far)
{
    for (uint32_t i = 0; i < count; i++)
        if (packed_column_get_raw(c, i) != (far ? (uint32_t)t->far[i] : t->shortcuts[i]))
            return false;
    return true;
}

/* There is one inverse for some docids: is it this one? */
oir_status docid_inverse_check(const docid_inverse *v, const packed_column *column, oir_error *err)
{
    tables t = {0};
    oir_status status;
    uint32_t *docids = memory_new((size_t)v->count * sizeof *docids);
    if (!docids)
        return error_no_memory(err, "checking docids");
    for (uint32_t i = 0; i < v->count; i++)
        docids[i] = packed_column_get(column, i);
    status = tables_make(&t, docids, v->count, err);
    if (status == OIR_INVALID_ARGUMENT)
        status = error_set(err, OIR_CORRUPT, "a docid is there twice in one segment");
    else if (status == OIR_OK && (t.shortcut_count != v->places.shortcut_count || t.far_count != v->places.far_count ||
                                  memcmp(t.marks, v->marks, find_marks_size(v->count)) ||
                                  !is_column(&v->shortcuts, t.shortcut_count, &t, false) ||
                                  !is_column(&v->far, t.far_count, &t, true)))
        status = error_set(err, OIR_CORRUPT, "what finds documents by docid is not what their docids make");
    tables_release(&t);
    memory_free(docids);
    return status;
}
