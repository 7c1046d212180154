/* What oir-index keeps of a document and oir-search shows: conventions of these programs, not of the library.
 *
 * Terms: words and their stems as the library makes them, those of the title with the prefix S too; Q and the id, or
 * the path as it is kept (see program_place.h), on every document that has one; J and the path of the JSON Lines file
 * that a document came from.
 *
 * Values: slot 0, the document's date, "2021-12-09" or less of it; slot 1, when its file was last changed, in UTC,
 * "2021-12-09T17:30:00.123456789Z"; slot 2, the size of its file in bytes, in 20 digits. All sort as text.
 *
 * Data: a JSON object with the members id or path, title, date, text, each where there is one, and whatever other
 * members the line of JSON had. A path that is no UTF-8 is there twice: in path, to be read, its bytes that are not are
 * Latin-1; in path_bytes, to find the file, all are, each the character of its number. A document has an id or a path;
 * one that came from the standard input may lack both.
 *
 * Settings: "stemmer", the language by its English name, or "none". */
#ifndef PROGRAM_RECORD_H
#define PROGRAM_RECORD_H

#include <oir/types.h>

#include <jansson.h>

#include "program/program_buffer.h"

#define PROGRAM_RECORD_ID 'Q'
#define PROGRAM_RECORD_TITLE "S"
#define PROGRAM_RECORD_SOURCE 'J'
#define PROGRAM_RECORD_STEMMER "stemmer"
#define PROGRAM_RECORD_PATH_BYTES "path_bytes"

enum { PROGRAM_RECORD_SLOT_DATE = 0, PROGRAM_RECORD_SLOT_CHANGED = 1, PROGRAM_RECORD_SLOT_SIZE = 2 };

/* The term that names a document or a source: prefix and name, the end of the name replaced by a hash of all of it
 * where the term would be too long. */
void program_record_set_term(program_buffer *out, char prefix, const char *name, size_t size);
/* How much of a name stands in its term in any case. */
size_t program_record_name_kept(void);

/* Stored data as it is read. Members that are not there have a NULL pointer; strings belong to the record. */
typedef struct program_record {
    oir_bytes id;
    oir_bytes path;
    oir_bytes path_bytes;
    oir_bytes title;
    oir_bytes date;
    oir_bytes text;
    json_t *json;
} program_record;

/* Never fails: data that is no such object (another program's) is text. The bytes must outlive the record. */
void program_record_read(program_record *record, oir_bytes data);
/* Adds the path as the file system has it. */
void program_record_add_path(program_buffer *out, const program_record *record);
void program_record_release(program_record *record);

#endif
