#include <stdio.h>

#include "base/bits.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "segment/container.h"
#include "segment/container_format.h"
#include "segment/container_tree.h"

/* The part that a chunk's byte belongs to; of several, the one whose piece begins last before it. */
static const char *owner_of(const container *c, uint32_t chunk, const uint8_t *byte)
{
    const char *name = container_kind_name(0);
    const uint8_t *best = NULL;
    for (uint32_t kind = 1; kind < PART_KIND_END; kind++) {
        for (uint32_t i = 0; i < c->parts[kind].slot_count; i++) {
            const container_slot *s = c->parts[kind].slots + i;
            if (s->chunk == chunk && s->base <= byte && (!best || s->base > best)) {
                best = s->base;
                name = container_kind_name(kind);
            }
        }
    }
    return name;
}

static bool tell(container_report report, void *context, uint64_t *findings, const char *part, const char *reason)
{
    ++*findings;
    return !report || report(part, reason, context);
}

/* False when the caller asked to stop. */
static bool check_chunk(const container *c, uint32_t number, container_report report, void *context, uint64_t *findings)
{
    const container_chunk *chunk = c->chunks + number;
    for (size_t at = 0, block = 0; at < chunk->size; at += FORMAT_BLOCK_SIZE, block++) {
        size_t left = chunk->size - at, size = left < FORMAT_BLOCK_SIZE ? left : FORMAT_BLOCK_SIZE;
        if (crc32c_add(0, chunk->value + at, size) == bits_load32(c->checksums + 4 * (chunk->first_block + block)))
            continue;
        char reason[128];
        snprintf(reason, sizeof reason, "chunk %u, bytes %zu to %zu: checksum does not match", number, at,
                 at + size - 1);
        if (!tell(report, context, findings, owner_of(c, number, chunk->value + at), reason))
            return false;
    }
    return true;
}

oir_status container_check(const container *c, container_report report, void *context, uint64_t *findings,
                           oir_error *err)
{
    container_tree tree;
    oir_error found;
    *findings = 0;
    oir_status status = container_tree_check(&tree, c->fd, c->path, true, &found);
    bool go_on = true;
    if (status == OIR_CORRUPT)
        go_on = tell(report, context, findings, "container", found.message);
    else if (status != OIR_OK)
        return error_set(err, status, "%s", found.message);
    for (uint32_t i = 0; go_on && i < c->chunk_count; i++)
        go_on = check_chunk(c, i, report, context, findings);
    return go_on ? OIR_OK : error_set(err, OIR_CANCELLED, "the check of %s was stopped", c->path);
}
