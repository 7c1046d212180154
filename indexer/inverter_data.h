/* The data of buffered documents: compressed as it comes, or when inverters_pack has it added, so that the buffer has
 * room for more, and written out as it is where nothing was deleted. One thread at a time. */
#ifndef INDEXER_INVERTER_DATA_H
#define INDEXER_INVERTER_DATA_H

#include "base/arena.h"
#include "segment/stored_packer.h"

struct stored;
struct stored_kept;

/* All zero: empty. */
typedef struct inverter_data {
    stored_packer *packer; /* NULL before the first document */
    team *helpers;         /* that compress too; NULL: none */
    arena arena;
    struct stored_kept *blocks;
    size_t count, capacity;
    buffer preferred;      /* a dictionary that is taken over once there is enough data; */
    bool has_preferred;
} inverter_data;

void inverter_data_release(inverter_data *d);
/* Before the first document; copied. OIR_NO_MEMORY. */
oir_status inverter_data_prefer(inverter_data *d, const stored_dictionary *dictionary, oir_error *err);
/* The next document's. Failures of stored_packer_add. */
oir_status inverter_data_add(inverter_data *d, const void *data, size_t size, oir_error *err);
/* The same of a large document; its bytes must outlive the data. */
oir_status inverter_data_add_large(inverter_data *d, const stored_large *large, oir_error *err);
size_t inverter_data_get_memory(const inverter_data *d);

/* All of it, by the order in which it was added, to be read: full blocks that were held back are compressed first. */
typedef struct inverter_data_view {
    struct stored *stored;
    struct stored_kept *blocks; /* those of the buffer, and what its packer still holds, */
    size_t count, capacity;
    arena arena;                /* which is here */
} inverter_data_view;

/* Valid until the next document is added. OIR_NO_MEMORY. */
oir_status inverter_data_open(inverter_data_view *out, inverter_data *d, oir_error *err);
void inverter_data_close(inverter_data_view *view);

#endif
