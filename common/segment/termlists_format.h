/* Numbers that writer and reader of the term lists share; the layout is described in termlists_writer.c. */
#ifndef SEGMENT_TERMLISTS_FORMAT_H
#define SEGMENT_TERMLISTS_FORMAT_H

enum {
    TERMLISTS_ROOT_SIZE = 16,
    TERMLISTS_BLOCK_DOCUMENTS = 64,
    TERMLISTS_BLOCK_SIZE = 32 << 10, /* a block ends once it has so much */
};

#endif
