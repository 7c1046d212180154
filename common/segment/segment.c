#include "segment/segment.h"

#include <stdatomic.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "segment/container.h"
#include "segment/documents.h"
#include "segment/stored.h"
#include "segment/termlists.h"
#include "segment/values.h"

/* A segment with what its readers do not see. */
typedef struct shared_segment {
    segment segment; /* first: its address is the handle */
    atomic_uint handles;
    char *name;
} shared_segment;

static void free_segment(shared_segment *h)
{
    segment *s = &h->segment;
    termlists_close(s->termlists);
    values_close(s->values);
    stored_close(s->stored);
    container_close(s->container);
    memory_free(h->name);
    memory_free(h);
}

static oir_status open_parts(segment *s, oir_error *err)
{
    const container *c = s->container;
    ERROR_FORWARD(documents_open(s, err));
    ERROR_FORWARD(terms_open(&s->terms, c, err));
    s->terms.termfreq_max = s->context.document_count;
    ERROR_FORWARD(pairs_open(&s->pairs, c, s->context.document_count, err));
    ERROR_FORWARD(values_open(&s->values, c, err));
    if (s->has_stored)
        ERROR_FORWARD(stored_open(&s->stored, c, s->context.document_count, err));
    if (s->has_term_lists)
        ERROR_FORWARD(termlists_open(&s->termlists, c, s->context.document_count, s->terms.term_count, err));
    return OIR_OK;
}

oir_status segment_open_container(segment **out, struct container *parts, const char *name, oir_error *err)
{
    *out = NULL;
    shared_segment *h = memory_new_zeroed(1, sizeof *h);
    if (!h) {
        container_close(parts);
        return error_no_memory(err, "a segment");
    }
    h->segment.container = parts;
    h->name = memory_copy(name, strlen(name));
    h->segment.name = h->name;
    atomic_init(&h->handles, 1);
    oir_status status = h->name ? open_parts(&h->segment, err) : error_no_memory(err, "a segment");
    if (status == OIR_OK) {
        *out = &h->segment;
        return OIR_OK;
    }
    if (status == OIR_CORRUPT)
        error_prefix(err, "%s", name);
    free_segment(h);
    return status;
}

oir_status segment_open(segment **out, const char *path, oir_error *err)
{
    container *parts;
    const char *slash = strrchr(path, '/');
    *out = NULL;
    ERROR_FORWARD(container_open(&parts, path, err));
    return segment_open_container(out, parts, slash ? slash + 1 : path, err);
}

segment *segment_retain(segment *s)
{
    shared_segment *h = (shared_segment *)s;
    atomic_fetch_add_explicit(&h->handles, 1, memory_order_relaxed);
    return s;
}

void segment_close(segment *s)
{
    shared_segment *h = (shared_segment *)s;
    /* Release and acquire: what other threads did with the segment comes before its end. */
    if (h && atomic_fetch_sub_explicit(&h->handles, 1, memory_order_acq_rel) == 1)
        free_segment(h);
}

oir_status segment_find_docid(const segment *s, oir_docid docid, uint32_t *local, bool *found, oir_error *err)
{
    *found = false;
    if (s->context.document_count == 0 || docid < s->docid_first || docid > s->docid_last)
        return OIR_OK;
    if (s->docids.bytes)
        return docid_inverse_find(&s->inverse, &s->docids, docid - s->docid_first, local, found, err);
    *local = docid - s->docid_first;
    *found = true;
    return OIR_OK;
}

oir_status segment_find_term(const segment *s, const char *term, size_t size, term_entry *entry, bool *found,
                             oir_error *err)
{
    *found = false;
    if (size == 0) /* no term; and its bytes may be nowhere */
        return OIR_OK;
    return terms_find(&s->terms, term, size, entry, found, err);
}

oir_status segment_get_stored(const segment *s, uint32_t local, buffer *out, oir_error *err)
{
    return s->stored ? stored_get(s->stored, local, out, err) : OIR_OK;
}

oir_status segment_get_value(const segment *s, uint32_t local, oir_valueno slot, oir_bytes *out, oir_error *err)
{
    return values_get(s->values, slot, local, out, err);
}

bool segment_get_part(const segment *s, size_t i, const char **name, uint64_t *bytes)
{
    for (uint32_t kind = 0; kind < PART_KIND_END; kind++) {
        if (!container_has_part(s->container, kind) || i-- > 0)
            continue;
        *name = container_kind_name(kind);
        *bytes = container_part_size(s->container, kind);
        return true;
    }
    return false;
}
