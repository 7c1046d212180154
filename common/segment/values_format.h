/* Numbers that writer and reader of values share; the layout is described in values_writer.c. */
#ifndef SEGMENT_VALUES_FORMAT_H
#define SEGMENT_VALUES_FORMAT_H

enum {
    VALUES_BLOCK_BITS = 12,
    VALUES_BLOCK_DOCUMENTS = 1 << VALUES_BLOCK_BITS,
    VALUES_BITMAP_WORDS = VALUES_BLOCK_DOCUMENTS / 64,

    VALUES_FIRST = 0,  /* the block's first documents, as many as there are values */
    VALUES_SPARSE = 1, /* 2 bytes a document */
    VALUES_BITMAP = 2, /* 64 words of 8 bytes, a bit for each document; then for each 2 bytes: how many are before it */

    VALUES_HEADER_SIZE = 8,
    VALUES_BITMAP_SIZE = VALUES_BITMAP_WORDS * 10,
    VALUES_ROOT_SIZE = 8,
    VALUES_COLUMN_SIZE = 40,
};

#endif
