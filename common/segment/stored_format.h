/* Numbers that writer and reader of documents' data share; the layout is described in stored_writer.c. */
#ifndef SEGMENT_STORED_FORMAT_H
#define SEGMENT_STORED_FORMAT_H

enum {
    STORED_ROOT_SIZE = 48,
    STORED_BLOCK_SIZE = 24 << 10,   /* a block ends once it has so much data */
    STORED_BLOCK_MAX = 32 << 10,    /* and before it gets more than this, unless by its only document */
    STORED_BLOCK_DOCUMENTS = 1024,  /* the most in one block */
    STORED_SAMPLE_SIZE = 512 << 10, /* data that a dictionary is learnt from, or less where there is no more */

    STORED_PLAIN = 0,   /* data as it is, where deflate does not make it smaller */
    STORED_DEFLATE = 1,
    STORED_PRIMED = 2,  /* deflate with the part's dictionary */
};

#endif
