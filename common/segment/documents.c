#include "segment/documents.h"

#include <math.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/container.h"
#include "segment/documents_format.h"
#include "segment/postings_view.h"
#include "segment/segment.h"

static oir_status corrupt(const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "the statistics of documents are damaged (%s)", reason);
}

/* Resolves up to four byte planes, whose addresses stand at `at`; none gives count 0. */
static oir_status open_planes(const segment *s, const uint8_t *at, length_planes *planes, oir_error *err)
{
    uint64_t size = (uint64_t)s->context.document_count + WINDOW_SIZE;
    planes->count = 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint64_t address = bits_load64(at + (size_t)i * 8);
        if (address == 0)
            break;
        ERROR_FORWARD(container_get(s->container, PART_LENGTHS, address, size, &planes->plane[i], err));
        planes->count++;
    }
    return OIR_OK;
}

/* `count` u32 of a part, or *column NULL if the address is 0. */
static oir_status open_column(const segment *s, enum part_kind part, uint64_t address, uint32_t count,
                              const uint32_t **column, oir_error *err)
{
    const uint8_t *bytes = NULL;
    *column = NULL;
    if (address == 0)
        return OIR_OK;
    ERROR_FORWARD(container_get(s->container, part, address, (uint64_t)count * 4, &bytes, err));
    if ((uintptr_t)bytes % sizeof **column != 0)
        return corrupt("a column of numbers does not stand where it could", err);
    *column = (const void *)bytes;
    return OIR_OK;
}

/* What the root says of finding documents by docid; false where that is there but no docids are. */
static bool read_inverse(const uint8_t *root, bool docids, docid_inverse_places *places)
{
    *places = (docid_inverse_places){.marks = bits_load64(root + DOCUMENTS_MARKS),
                                     .shortcuts = bits_load64(root + DOCUMENTS_SHORTCUTS),
                                     .far = bits_load64(root + DOCUMENTS_FAR),
                                     .shortcut_count = bits_load32(root + DOCUMENTS_SHORTCUT_COUNT),
                                     .far_count = bits_load32(root + DOCUMENTS_FAR_COUNT)};
    return docids || !places->marks;
}

/* Looks at no docid: their number may be large, and whatever they are is safe to use. */
static oir_status open_docids(segment *s, const uint8_t *root, oir_error *err)
{
    uint32_t count = s->context.document_count, first = bits_load32(root + DOCUMENTS_DOCID_FIRST);
    uint32_t last = bits_load32(root + DOCUMENTS_DOCID_LAST);
    uint64_t docids = bits_load64(root + DOCUMENTS_DOCIDS);
    docid_inverse_places inverse;
    s->docid_first = first;
    s->docid_last = last;
    if (!read_inverse(root, docids, &inverse))
        return corrupt("docids are missing", err);
    if (count == 0)
        return first || last || docids ? corrupt("docids without documents", err) : OIR_OK;
    if (first == 0 || last < first || last - first < count - 1 || (count == 1 && last != first))
        return corrupt("lowest and highest docid", err);
    if (!docids)
        return last - first != count - 1 ? corrupt("docids are missing", err) : OIR_OK;
    if (count == 1)
        return corrupt("docids where there is no choice", err);
    ERROR_FORWARD(packed_column_open(&s->docids, s->container, PART_DOCIDS, docids, count, last - first, err));
    return docid_inverse_open(&s->inverse, s->container, count, &inverse, err);
}

static oir_status open_reference(segment *s, const uint8_t *root, oir_error *err)
{
    double reference[3];
    memcpy(reference, root + DOCUMENTS_K1, sizeof reference);
    s->context.k1 = reference[0];
    s->context.b = reference[1];
    s->context.average = reference[2];
    bool good = s->context.k1 >= 0 && isfinite(s->context.k1) && s->context.b >= 0 && s->context.b <= 1 &&
                s->context.average > 0 && isfinite(s->context.average);
    return good ? OIR_OK : corrupt("the reference for bounds", err);
}

oir_status documents_open(segment *s, oir_error *err)
{
    const uint8_t *root;
    uint64_t size;
    ERROR_FORWARD(container_get_root(s->container, PART_SEGMENT, &root, &size, err));
    if (size != DOCUMENTS_SIZE)
        return corrupt("their size", err);
    postings_context *c = &s->context;
    uint32_t flags = bits_load32(root + DOCUMENTS_FLAGS);
    c->document_count = bits_load32(root + DOCUMENTS_COUNT);
    c->length_min = bits_load32(root + DOCUMENTS_LENGTH_MIN);
    c->length_max = bits_load32(root + DOCUMENTS_LENGTH_MAX);
    c->position_base = bits_load32(root + DOCUMENTS_POSITION_BASE);
    s->total_length = bits_load64(root + DOCUMENTS_TOTAL_LENGTH);
    s->has_positions = flags & DOCUMENTS_HAS_POSITIONS;
    s->has_term_lists = flags & DOCUMENTS_HAS_TERM_LISTS;
    s->has_stored = flags & DOCUMENTS_HAS_STORED;
    s->reordered = (uint8_t)(flags >> DOCUMENTS_REORDERED_SHIFT & 3);
    if (flags & ~(uint32_t)DOCUMENTS_FLAGS_KNOWN || c->position_base > 1 || c->length_min > c->length_max)
        return corrupt("flags or lengths", err);
    ERROR_FORWARD(open_planes(s, root + DOCUMENTS_LENGTHS, &c->lengths, err));
    ERROR_FORWARD(open_planes(s, root + DOCUMENTS_EXTENTS, &c->extents, err));
    if (c->lengths.count == 0)
        return corrupt("lengths are missing", err);
    if (c->extents.count == 0)
        c->extents = c->lengths;
    ERROR_FORWARD(open_column(s, PART_LENGTHS, bits_load64(root + DOCUMENTS_EVEN_EXTENTS),
                              postings_view_windows(c->document_count), &c->even_extents, err));
    ERROR_FORWARD(open_docids(s, root, err));
    return open_reference(s, root, err);
}

static oir_status check_lengths(const segment *s, oir_error *err)
{
    const postings_context *c = &s->context;
    uint64_t total = 0;
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t d = 0; d < c->document_count; d++) {
        uint32_t length = length_get(&c->lengths, d);
        total += length;
        least = length && length < least ? length : least;
        most = length > most ? length : most;
    }
    if (total != s->total_length)
        return corrupt("the sum of lengths", err);
    if (most != c->length_max || (most ? least : 0) != c->length_min)
        return corrupt("shortest and longest length", err);
    for (uint32_t i = 0; i < WINDOW_SIZE; i++)
        if (length_get(&c->lengths, c->document_count + i) || length_get(&c->extents, c->document_count + i))
            return corrupt("lengths behind the last document", err);
    return OIR_OK;
}

static oir_status check_even_extents(const segment *s, oir_error *err)
{
    const postings_context *c = &s->context;
    for (uint32_t from = 0; c->even_extents && from < c->document_count; from += WINDOW_SIZE) {
        uint32_t most = 0, left = c->document_count - from;
        for (uint32_t i = 0; i < WINDOW_SIZE && i < left; i++) {
            uint32_t extent = length_get(&c->extents, from + i);
            most = extent > most ? extent : most;
        }
        if (most != c->even_extents[from / WINDOW_SIZE])
            return corrupt("the largest extent of a window", err);
    }
    return OIR_OK;
}

static oir_status check_docids(const segment *s, oir_error *err)
{
    oir_docid lowest = UINT32_MAX, highest = 0, before = 0;
    if (!s->docids.bytes)
        return OIR_OK;
    for (uint32_t i = 0; i < s->context.document_count; i++) {
        oir_docid docid = segment_get_docid(s, i);
        if (packed_column_get_raw(&s->docids, i) > s->docids.most)
            return corrupt("docids out of range", err);
        if (segment_docids_ascend(s) && docid <= before)
            return corrupt("docids do not ascend", err);
        lowest = docid < lowest ? docid : lowest;
        highest = docid > highest ? docid : highest;
        before = docid;
    }
    if (lowest != s->docid_first || highest != s->docid_last)
        return corrupt("lowest and highest docid", err);
    return segment_docids_ascend(s) ? OIR_OK : docid_inverse_check(&s->inverse, &s->docids, err);
}

oir_status documents_check(const segment *s, oir_error *err)
{
    ERROR_FORWARD(check_lengths(s, err));
    ERROR_FORWARD(check_even_extents(s, err));
    return check_docids(s, err);
}
