/* The directory of a segment file, its last value; the layout stands in container_writer.c. */
#include <stdlib.h>

#include "base/bits.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "segment/container_format.h"
#include "segment/container_writer_file.h"

static int compare_pieces(const void *a, const void *b)
{
    const container_writer_piece *x = a, *y = b;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

static void add_part(buffer *d, const container_writer_part *p)
{
    buffer_add_u32(d, p->kind);
    buffer_add_u32(d, p->flags);
    buffer_add_u64(d, p->bytes);
    buffer_add_u64(d, p->root_address);
    buffer_add_u64(d, p->root_size);
    buffer_add_u32(d, (uint32_t)p->piece_count);
    buffer_add_u32(d, 0);
}

static void add_pieces(buffer *d, container_writer_part *p)
{
    if (p->piece_count)
        qsort(p->pieces, p->piece_count, sizeof *p->pieces, compare_pieces);
    for (size_t i = 0; i < p->piece_count; i++) {
        buffer_add_u32(d, p->pieces[i].key);
        buffer_add_u32(d, p->pieces[i].start);
        buffer_add_u32(d, p->pieces[i].size);
        buffer_add_u32(d, p->pieces[i].slot);
    }
}

oir_status container_writer_directory_put(container_writer *w, oir_error *err)
{
    buffer d = BUFFER_INIT;
    oir_status status;
    buffer_add_u64(&d, FORMAT_MAGIC);
    buffer_add_u16(&d, FORMAT_VERSION);
    buffer_add_u16(&d, 0);
    buffer_add_u64(&d, 0); /* checksum and size, below */
    buffer_add_u32(&d, w->page_size);
    buffer_add_u32(&d, (uint32_t)w->part_count);
    buffer_add_u32(&d, w->chunk_count);
    for (size_t i = 0; i < w->part_count; i++)
        add_part(&d, w->parts[i]);
    for (size_t i = 0; i < w->part_count; i++)
        add_pieces(&d, w->parts[i]);
    buffer_add(&d, w->chunk_sizes.data, w->chunk_sizes.size);
    buffer_add(&d, w->checksums.data, w->checksums.size);
    if (d.failed) {
        status = error_no_memory(err, "a segment's directory");
    } else {
        bits_store32(d.data + 16, (uint32_t)d.size);
        bits_store32(d.data + 12, crc32c_add(crc32c_add(0, d.data, 12), d.data + 16, d.size - 16));
        status = container_writer_file_put(w, d.data, d.size, err);
    }
    buffer_release(&d);
    return status;
}
