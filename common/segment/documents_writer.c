/* Writes lengths, extents, docids and the statistics of a segment.
 *
 * A document's length is the sum of its terms' wdf. Its extent is how many places its positions can have: the highest
 * plus 1, less the lowest that the segment's can be (0 or 1, below); position codes count with it. Without positions it
 * is as if the length were the highest one, but 0 if that is 0; any number would do. PART_LENGTHS holds byte planes,
 * each an object at 64: a byte of each document, bits 8 i to 8 i + 7 of its number in plane i, then 4,096 zeros, so
 * that whole windows can be read at the end. There are as many planes of lengths as the longest document needs, 1 to 4,
 * and likewise of extents. Where documents' extents are nearly alike, as those of passages are, a u32 for each window
 * of documents, at 64, has the largest extent in it, and position codes count with that: where a group of positions is
 * then follows from wdf alone, without a look at the documents before.
 *
 * PART_DOCIDS holds an object at 64, of numbers packed to bits as codec/bitpack.h says: of each document its docid less
 * the lowest, in the fewest bits that hold the highest docid less the lowest; and, if docids do not ascend, what finds
 * documents by them (docid_inverse.c). Nothing where docids follow each other: then local + the first one is it.
 *
 * PART_SEGMENT has a root of 176 bytes, little-endian:
 *     0    u32       number of documents
 *     4    u32       1: some document has positions, 2: has term lists, 4: has documents' data; bits 3 and 4: the
 *                    order of documents, 0 as they came, 1 that of OIR_REORDER_LIGHT, 2 of OIR_REORDER_FULL
 *     8    u64       sum of lengths
 *     16   u32       shortest length of those over 0, or 0
 *     20   u32       longest length
 *     24   u32       what is taken from positions: 0 if some position is 0, else 1
 *     28   u32       lowest docid
 *     32   u32       highest docid
 *     36   u32       number of shortcuts (docid_inverse.c)
 *     40   f64 x 3   k1, b and average length that bounds were made with
 *     64   u64 x 4   addresses of the planes of lengths, 0 where there are fewer
 *     96   u64 x 4   of extents; all 0 if they are the lengths
 *     128  u64       address of the docids, or 0
 *     136  u64       of marks, or 0 where docids ascend
 *     144  u64       of the windows' extents, or 0 where each document counts with its own
 *     152  u64       of shortcuts, or 0
 *     160  u64       of the local numbers with far docids, or 0
 *     168  u32       how many these are
 *     172  u32       0 */
#include "segment/documents.h"

#include <assert.h>
#include <math.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "segment/container.h"
#include "segment/docid_inverse.h"
#include "segment/documents_docids.h"
#include "segment/documents_format.h"
#include "segment/documents_planes.h"
#include "segment/packed_column.h"

enum {
    EVEN_SHARE = 8, /* extents are alike when windows' largest add at most one in so many: 0.2 bits a position */
    PLANES = DOCUMENTS_PLANES_MOST
};

/* A plane until it is in the file. */
typedef struct plane_bytes {
    const uint8_t *bytes;
    size_t size;
} plane_bytes;

struct documents_writer {
    container_writer *container;
    documents_docids docids;
    documents_planes lengths, extents; /* extents: position + 1, or 0 for none, until all are there */
    plane_bytes bytes[2 * PLANES];
    packed_column_source column; /* of docids */
    uint32_t count, position_min;
    bool has_positions;
    postings_context context; /* points to planes */
    uint32_t *even;           /* likewise */
};

oir_status documents_writer_new(documents_writer **out, struct container_writer *parts, oir_error *err)
{
    *out = memory_new_zeroed(1, sizeof **out);
    if (!*out)
        return error_no_memory(err, "the lengths of documents");
    (*out)->container = parts;
    (*out)->position_min = UINT32_MAX;
    return OIR_OK;
}

void documents_writer_free(documents_writer *w)
{
    if (!w)
        return;
    documents_planes_release(&w->lengths);
    documents_planes_release(&w->extents);
    documents_docids_release(&w->docids);
    memory_free(w->even);
    memory_free(w);
}

oir_status documents_writer_reserve(documents_writer *w, uint32_t count, oir_error *err)
{
    documents_docids_expect(&w->docids, count);
    return documents_planes_reserve(&w->lengths, count) && documents_planes_reserve(&w->extents, count)
               ? OIR_OK
               : error_no_memory(err, "the lengths of documents");
}

/* `highest` is a document's highest position + 1, or 0 without positions: then it is as if the length were one,
 * whatever the base is, so that merges, which do not know which documents have none, find the same where the base gets
 * lower. */
static uint32_t find_extent(uint32_t highest, uint32_t length, uint32_t base)
{
    if (highest)
        return highest - base;
    return length && length < UINT32_MAX ? length + 1 - base : length;
}

/* `highest` likewise. */
static oir_status add(documents_writer *w, oir_docid docid, uint32_t length, uint32_t highest, oir_error *err)
{
    if (docid == 0)
        return error_set(err, OIR_INVALID_ARGUMENT, "0 is no docid");
    if (w->count >= CONTAINER_OBJECT_MAX / sizeof(uint32_t) - WINDOW_SIZE)
        return error_set(err, OIR_TOO_BIG, "too many documents for one segment (%u)", w->count);
    if (!documents_planes_add(&w->lengths, w->count, length) || !documents_planes_add(&w->extents, w->count, highest) ||
        !documents_planes_widen(&w->extents, w->count + 1, find_extent(highest, length, 0)) ||
        !documents_docids_add(&w->docids, docid))
        return error_no_memory(err, "the lengths of documents");
    w->count++;
    return OIR_OK;
}

oir_status documents_writer_add(documents_writer *w, oir_docid docid, uint32_t length, oir_error *err)
{
    return add(w, docid, length, 0, err);
}

oir_status documents_writer_add_positioned(documents_writer *w, oir_docid docid, uint32_t length,
                                           oir_termpos position_min, oir_termpos position_max, oir_error *err)
{
    if (position_min > position_max)
        return error_set(err, OIR_INVALID_ARGUMENT, "the lowest position is above the highest");
    if (position_max == UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "position %u in document %u: at most %u can be kept", position_max, docid,
                         UINT32_MAX - 1);
    ERROR_FORWARD(add(w, docid, length, position_max + 1, err));
    w->has_positions = true;
    if (position_min < w->position_min)
        w->position_min = position_min;
    return OIR_OK;
}

static oir_status fill_plane(const void *context, uint8_t *to, oir_error *err)
{
    const plane_bytes *p = context;
    (void)err;
    memcpy(to, p->bytes, p->size);
    return OIR_OK;
}

/* Puts planes into the file, where they need not be there twice meanwhile; notes their addresses at `at`. */
static oir_status write_planes(documents_writer *w, const length_planes *planes, plane_bytes bytes[PLANES],
                               uint8_t *at, oir_error *err)
{
    for (uint32_t i = 0; i < planes->count; i++) {
        uint64_t address;
        bytes[i] = (plane_bytes){planes->plane[i], (size_t)w->count + WINDOW_SIZE};
        ERROR_FORWARD(container_writer_add_later(w->container, PART_LENGTHS, bytes[i].size, 64, fill_plane, &bytes[i],
                                                 &address, err));
        bits_store64(at + (size_t)i * 8, address);
    }
    return OIR_OK;
}

/* The documents of a window from `first` on. */
static uint32_t count_window(const documents_writer *w, uint32_t first)
{
    return w->count - first < WINDOW_SIZE ? w->count - first : WINDOW_SIZE;
}

static oir_status write_lengths(documents_writer *w, uint8_t *root, oir_error *err)
{
    uint64_t total = 0;
    uint32_t least = UINT32_MAX, most = 0, lengths[WINDOW_SIZE];
    for (uint32_t first = 0, n; first < w->count; first += n) {
        n = count_window(w, first);
        documents_planes_get(&w->lengths, first, n, lengths);
        for (uint32_t d = 0; d < n; d++) {
            uint32_t length = lengths[d];
            total += length;
            least = length && length < least ? length : least;
            most = length > most ? length : most;
        }
    }
    w->context.length_min = most ? least : 0;
    w->context.length_max = most;
    bits_store64(root + DOCUMENTS_TOTAL_LENGTH, total);
    bits_store32(root + DOCUMENTS_LENGTH_MIN, w->context.length_min);
    bits_store32(root + DOCUMENTS_LENGTH_MAX, w->context.length_max);
    w->context.lengths = documents_planes_end(&w->lengths, w->count, most);
    return write_planes(w, &w->context.lengths, w->bytes, root + DOCUMENTS_LENGTHS, err);
}

/* What is known of extents once they were made. */
typedef struct extents_summary {
    uint32_t most;
    uint64_t sum, even_sum; /* even_sum: if all of a window had its largest */
    bool differ;            /* from lengths, somewhere */
} extents_summary;

/* Makes extents of highest positions, and finds windows' largest. */
static void make_extents(documents_writer *w, uint32_t base, extents_summary *all)
{
    uint32_t lengths[WINDOW_SIZE], extents[WINDOW_SIZE];
    *all = (extents_summary){0};
    for (uint32_t first = 0, n; first < w->count; first += n) {
        uint32_t most = 0, differ = 0;
        uint64_t sum = 0;
        n = count_window(w, first);
        documents_planes_get(&w->lengths, first, n, lengths);
        documents_planes_get(&w->extents, first, n, extents);
        for (uint32_t d = 0; d < n; d++) {
            uint32_t extent = find_extent(extents[d], lengths[d], base);
            differ |= extent ^ lengths[d];
            most = extent > most ? extent : most;
            sum += extent;
            extents[d] = extent;
        }
        documents_planes_set(&w->extents, first, n, extents);
        w->even[first / WINDOW_SIZE] = most;
        all->most = most > all->most ? most : all->most;
        all->sum += sum;
        all->even_sum += (uint64_t)most * n;
        all->differ |= differ != 0;
    }
}

/* Windows' largest extents, where they are hardly larger than the others. */
static oir_status write_even_extents(documents_writer *w, const extents_summary *all, uint8_t *root, oir_error *err)
{
    size_t windows = ((size_t)w->count + WINDOW_SIZE - 1) / WINDOW_SIZE;
    uint64_t address;
    if (!w->has_positions || all->even_sum - all->sum > all->sum / EVEN_SHARE || !paths_use(PATHS_EVEN))
        return OIR_OK;
    w->context.even_extents = w->even;
    ERROR_FORWARD(
        container_writer_add(w->container, PART_LENGTHS, w->even, windows * sizeof *w->even, 64, &address, err));
    bits_store64(root + DOCUMENTS_EVEN_EXTENTS, address);
    return OIR_OK;
}

static oir_status write_extents(documents_writer *w, uint8_t *root, oir_error *err)
{
    uint32_t base = w->has_positions && w->position_min == 0 ? 0 : 1;
    extents_summary all;
    w->even = memory_new(((size_t)w->count / WINDOW_SIZE + 1) * sizeof *w->even);
    if (!w->even)
        return error_no_memory(err, "the lengths of documents");
    make_extents(w, base, &all);
    w->context.position_base = base;
    w->context.extents = w->context.lengths;
    bits_store32(root + DOCUMENTS_POSITION_BASE, base);
    ERROR_FORWARD(write_even_extents(w, &all, root, err));
    if (!all.differ && paths_use(PATHS_EXTENTS)) {
        documents_planes_release(&w->extents);
        return OIR_OK;
    }
    w->context.extents = documents_planes_end(&w->extents, w->count, all.most);
    return write_planes(w, &w->context.extents, w->bytes + PLANES, root + DOCUMENTS_EXTENTS, err);
}

static oir_status write_inverse(documents_writer *w, const uint32_t *docids, uint8_t *root, oir_error *err)
{
    docid_inverse_places places;
    ERROR_FORWARD(docid_inverse_write(w->container, docids, w->count, &places, err));
    bits_store64(root + DOCUMENTS_MARKS, places.marks);
    bits_store64(root + DOCUMENTS_SHORTCUTS, places.shortcuts);
    bits_store64(root + DOCUMENTS_FAR, places.far);
    bits_store32(root + DOCUMENTS_SHORTCUT_COUNT, places.shortcut_count);
    bits_store32(root + DOCUMENTS_FAR_COUNT, places.far_count);
    return OIR_OK;
}

static void read_docids(const void *context, uint32_t first, uint32_t n, uint32_t *out)
{
    documents_docids_get(context, first, n, out);
}

/* Docids that ascend go to the file from where they lie; others are needed as numbers, but only here. */
static oir_status write_docids(documents_writer *w, uint8_t *root, oir_error *err)
{
    documents_docids *d = &w->docids;
    uint32_t most = d->highest - d->lowest;
    uint64_t address;
    bits_store32(root + DOCUMENTS_DOCID_FIRST, d->lowest);
    bits_store32(root + DOCUMENTS_DOCID_LAST, d->highest);
    if (documents_docids_are_contiguous(d))
        return OIR_OK;
    if (!d->descends && !d->each) {
        w->column = (packed_column_source){read_docids, d, w->count, most};
        ERROR_FORWARD(packed_column_write_later(w->container, PART_DOCIDS, &w->column, &address, err));
        bits_store64(root + DOCUMENTS_DOCIDS, address);
        return OIR_OK;
    }
    const uint32_t *docids = documents_docids_spread(d);
    if (!docids)
        return error_no_memory(err, "the docids of documents");
    ERROR_FORWARD(packed_column_write(w->container, PART_DOCIDS, docids, w->count, most, &address, err));
    bits_store64(root + DOCUMENTS_DOCIDS, address);
    if (d->descends)
        ERROR_FORWARD(write_inverse(w, docids, root, err));
    documents_docids_release(d);
    return OIR_OK;
}

/* The reference for bounds: anything goes that gives a norm over 0. */
static oir_status write_reference(documents_writer *w, const documents_settings *s, uint8_t *root, oir_error *err)
{
    uint64_t total = bits_load64(root + DOCUMENTS_TOTAL_LENGTH);
    double reference[3] = {s->k1, s->b, s->average};
    if (s->average == 0)
        reference[2] = total ? (double)total / w->count : 1;
    if (!(s->k1 >= 0 && isfinite(s->k1)) || !(s->b >= 0 && s->b <= 1) || !(s->average >= 0 && isfinite(s->average)))
        return error_set(err, OIR_INVALID_ARGUMENT, "k1 %g, b %g, average length %g: bounds cannot be made with these",
                         s->k1, s->b, s->average);
    w->context.k1 = reference[0];
    w->context.b = reference[1];
    w->context.average = reference[2];
    memcpy(root + DOCUMENTS_K1, reference, sizeof reference);
    return OIR_OK;
}

oir_status documents_writer_end(documents_writer *w, const documents_settings *settings, oir_error *err)
{
    uint8_t root[DOCUMENTS_SIZE] = {0};
    uint32_t flags = w->has_positions ? DOCUMENTS_HAS_POSITIONS : 0;
    flags |= settings->has_term_lists ? DOCUMENTS_HAS_TERM_LISTS : 0;
    flags |= settings->has_stored ? DOCUMENTS_HAS_STORED : 0;
    flags |= (uint32_t)settings->reordered << DOCUMENTS_REORDERED_SHIFT;
    ERROR_FORWARD(documents_writer_reserve(w, w->count, err)); /* without documents there are planes all the same */
    w->context.document_count = w->count;
    bits_store32(root + DOCUMENTS_COUNT, w->count);
    bits_store32(root + DOCUMENTS_FLAGS, flags);
    ERROR_FORWARD(write_lengths(w, root, err));
    ERROR_FORWARD(write_extents(w, root, err));
    ERROR_FORWARD(write_docids(w, root, err));
    ERROR_FORWARD(write_reference(w, settings, root, err));
    return container_writer_add_root(w->container, PART_SEGMENT, root, sizeof root, 8, err);
}

const postings_context *documents_writer_get_context(const documents_writer *w)
{
    return &w->context;
}

uint32_t documents_writer_get_count(const documents_writer *w)
{
    return w->count;
}
