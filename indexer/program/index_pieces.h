/* The text of a file that is not small, as UTF-8, piece by piece: what it takes in memory does not follow from its
 * size. Pieces end behind a blank or a line's end, wherever there is one, so that no word is cut. */
#ifndef INDEX_PIECES_H
#define INDEX_PIECES_H

#include <oir/types.h>

#include "program/program_buffer.h"

enum { INDEX_PIECE = 1 << 20 /* bytes that are read at a time */ };

typedef enum index_pieces_form { INDEX_PIECES_BYTES, INDEX_PIECES_LITTLE, INDEX_PIECES_BIG } index_pieces_form;

/* All zero: not begun. */
typedef struct index_pieces {
    int fd;
    index_pieces_form form; /* bytes, or UTF-16 */
    uint64_t at, end;       /* of the file: what is read next, and where its text ends: if it is of several pieces
                             * without the white space there */
    program_buffer raw;     /* what was read; */
    size_t taken;           /* so much of it was handed out */
    program_buffer utf8;
    uint64_t size;          /* of the whole file */
    int error;              /* errno of a failed read: no piece comes then */
} index_pieces;

typedef enum index_pieces_kind { INDEX_PIECES_TEXT, INDEX_PIECES_BINARY, INDEX_PIECES_LARGER, INDEX_PIECES_FAILED }
    index_pieces_kind;

/* Begins with a file, of which it looks through all, up to `most` bytes: errno says what failed. Keeps memory of an
 * earlier one. */
index_pieces_kind index_pieces_begin(index_pieces *p, int fd, uint64_t most);
void index_pieces_release(index_pieces *p);
/* The next piece, valid until the one after it; false at the end, or after a failure. */
bool index_pieces_next(index_pieces *p, oir_bytes *piece);
/* Whether more will come. */
bool index_pieces_has_more(const index_pieces *p);

#endif
