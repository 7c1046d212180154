/* Writes one window of a dense list; dense_layout.h has its bytes. */
#ifndef CODEC_DENSE_WRITER_H
#define CODEC_DENSE_WRITER_H

#include "base/buffer.h"

/* Appends the payload of a window with `count` documents (1 to 4,096) at ascending places 0 to 4,095. wdf are less the
 * base and clipped so that wdf + base is 255 at most; bounds has a byte for each of 64 ranges. A
 * failure to allocate shows in to->failed. */
void dense_writer_add(buffer *to, const uint16_t *places, const uint8_t *wdf, uint32_t count, const uint8_t bounds[64]);

#endif
