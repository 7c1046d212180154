/* A generation to bytes and back. */
#ifndef CATALOG_GENERATION_BYTES_H
#define CATALOG_GENERATION_BYTES_H

#include "base/buffer.h"
#include "catalog/catalog.h"

/* Appends the generation's bytes. OIR_NO_MEMORY. */
oir_status generation_bytes_add(buffer *out, const generation *g, oir_error *err);

/* Any bytes are safe. On failure *out is empty. OIR_CORRUPT (the message says what is wrong, not in which file),
 * OIR_VERSION, OIR_NO_MEMORY. */
oir_status generation_bytes_get(generation *out, const uint8_t *bytes, size_t size, oir_error *err);

#endif
