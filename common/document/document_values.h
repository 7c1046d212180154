/* The values of one document: slots ascending, each with its own memory, which is kept for the next document.
 * Invariants: items[0 .. count) are in use, by slot; items[count .. made) keep memory only. All zeros is one without
 * values. One thread at a time. */
#ifndef DOCUMENT_DOCUMENT_VALUES_H
#define DOCUMENT_DOCUMENT_VALUES_H

#include "base/buffer.h"
#include <oir/error.h>

typedef struct document_value {
    oir_valueno slot;
    buffer bytes;
} document_value;

typedef struct document_values {
    document_value *items;
    size_t count, made, capacity;
} document_values;

void document_values_release(document_values *v);
void document_values_clear(document_values *v);
/* Size 0 removes. OIR_INVALID_ARGUMENT, OIR_TOO_BIG, OIR_NO_MEMORY; nothing has changed then. */
oir_status document_values_set(document_values *v, oir_valueno slot, const char *data, size_t size, oir_error *err);
/* Size 0 when there is none. */
oir_bytes document_values_get(const document_values *v, oir_valueno slot);

#endif
