#include "indexer/program/index_known.h"

#include <stdlib.h>
#include <string.h>

#include "program/program_buffer.h"
#include "program/program_record.h"

oir_status index_known_open(index_known *known, const char *index, oir_error *err)
{
    *known = (index_known){0};
    oir_status status = oir_database_open(&known->database, index, err);
    if (status == OIR_NOT_FOUND)
        return OIR_OK;
    if (status != OIR_OK)
        return status;
    size_t bytes = (size_t)oir_database_get_lastdocid(known->database) / 8 + 1;
    known->seen = program_buffer_resize(NULL, bytes);
    memset(known->seen, 0, bytes);
    return OIR_OK;
}

void index_known_close(index_known *known)
{
    oir_database_close(known->database);
    free(known->seen);
    free(known->met);
    *known = (index_known){0};
}

oir_status index_known_find(const index_known *known, const char *term, size_t size, oir_docid *docid, oir_error *err)
{
    oir_posting_iterator *postings = NULL;
    bool found = false;
    *docid = 0;
    if (known->database == NULL)
        return OIR_OK;
    oir_status status = oir_database_get_postings(known->database, term, size, &postings, err);
    if (status == OIR_OK)
        status = oir_posting_iterator_next(postings, &found, err);
    if (status == OIR_OK && found)
        *docid = oir_posting_iterator_get_docid(postings);
    oir_posting_iterator_free(postings);
    return status;
}

static bool equals(oir_bytes bytes, const char *text)
{
    return bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0;
}

oir_status index_known_is_same(const index_known *known, oir_docid docid, const index_stamp *stamp, bool *same,
                               oir_error *err)
{
    oir_document *document = NULL;
    oir_bytes value = {NULL, 0};
    *same = false;
    oir_status status = oir_database_get_document(known->database, docid, &document, err);
    if (status == OIR_OK)
        status = oir_document_get_value(document, PROGRAM_RECORD_SLOT_CHANGED, &value, err);
    if (status == OIR_OK && equals(value, stamp->changed)) {
        status = oir_document_get_value(document, PROGRAM_RECORD_SLOT_SIZE, &value, err);
        *same = status == OIR_OK && equals(value, stamp->size);
    }
    oir_document_free(document);
    return status;
}

void index_known_set_seen(index_known *known, oir_docid docid)
{
    if (known->database != NULL && docid <= oir_database_get_lastdocid(known->database))
        known->seen[docid / 8] |= (uint8_t)(1U << docid % 8);
}

bool index_known_is_seen(const index_known *known, oir_docid docid)
{
    return known->seen[docid / 8] >> docid % 8 & 1;
}

oir_status index_known_set_all_seen(index_known *known, const char *term, size_t size, oir_doccount *count,
                                    oir_error *err)
{
    oir_posting_iterator *postings = NULL;
    bool found;
    *count = 0;
    oir_status status = oir_database_get_postings(known->database, term, size, &postings, err);
    while (status == OIR_OK && (status = oir_posting_iterator_next(postings, &found, err)) == OIR_OK && found) {
        index_known_set_seen(known, oir_posting_iterator_get_docid(postings));
        ++*count;
    }
    oir_posting_iterator_free(postings);
    return status;
}

static bool insert(uint64_t *table, size_t capacity, uint64_t hash)
{
    size_t place = (size_t)(hash * UINT64_C(0x9e3779b97f4a7c15)) & (capacity - 1);
    while (table[place] != 0 && table[place] != hash)
        place = (place + 1) & (capacity - 1);
    bool was = table[place] == hash;
    table[place] = hash;
    return was;
}

static void grow(index_known *known)
{
    size_t capacity = known->met_capacity > 0 ? 2 * known->met_capacity : 1024;
    uint64_t *table = program_buffer_resize(NULL, capacity * sizeof(uint64_t));
    memset(table, 0, capacity * sizeof(uint64_t));
    for (size_t i = 0; i < known->met_capacity; i++)
        if (known->met[i] != 0)
            insert(table, capacity, known->met[i]);
    free(known->met);
    known->met = table;
    known->met_capacity = capacity;
}

bool index_known_meet(index_known *known, const char *term, size_t size)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)term[i]) * UINT64_C(0x100000001b3);
    hash = hash == 0 ? 1 : hash;
    if (2 * (known->met_count + 1) > known->met_capacity)
        grow(known);
    bool was = insert(known->met, known->met_capacity, hash);
    known->met_count += !was;
    return was;
}
