/* A part, occurrence by occurrence:
 *     varint 4 n + kind   n: the word's number, in the order in which words first come in the part. Where it is new
 *                         follow a byte, its size, and its bytes
 *     kind 0              wdf 1 at the next position, which is 1 and then one more than the last that an occurrence has
 *     kind 1, 2           without position, wdf 1; or varint wdf
 *     kind 3              varint wdf and varint how far the position is from the next one, folded */
#include "document/document_parts.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "document/document_terms.h"

enum { PLAIN, NOWHERE, COUNTED, ANY, KIND_BITS = 2 };

void document_parts_release(document_parts *p)
{
    memory_free(p->items);
    spill_release(&p->file);
    buffer_release(&p->bytes);
    *p = (document_parts){0};
}

/* ---- writing ---- */

static void add_word(buffer *to, const document_terms *from, const vocabulary_word *word)
{
    buffer_add_byte(to, (uint8_t)word->size);
    buffer_add(to, document_terms_get_bytes(from, word), word->size);
}

static void add_occurrence(buffer *to, document_terms *from, const document_occurrence *o, document_part *part,
                           oir_termpos *next)
{
    vocabulary_word *word = &from->vocabulary.words[o->word];
    bool is_new = !word->group, placed = o->position != DOCUMENT_NO_POSITION;
    uint32_t kind = !placed ? (o->wdf == 1 ? NOWHERE : COUNTED) : o->wdf == 1 && o->position == *next ? PLAIN : ANY;
    if (is_new)
        word->group = ++part->words;
    buffer_add_varint(to, (uint64_t)(word->group - 1) << KIND_BITS | kind);
    if (is_new)
        add_word(to, from, word);
    if (kind == COUNTED || kind == ANY)
        buffer_add_varint(to, o->wdf);
    if (kind == ANY) {
        int64_t further = (int64_t)o->position - *next;
        buffer_add_varint(to, further < 0 ? ~((uint64_t)further << 1) : (uint64_t)further << 1);
    }
    *next = placed ? o->position + 1 : *next;
    part->length += o->wdf;
}

/* More bytes than may be kept go to the file. */
static oir_status put_away(document_parts *p, size_t kept, oir_error *err)
{
    if (p->bytes.size <= kept)
        return OIR_OK;
    ERROR_FORWARD(spill_add(&p->file, p->bytes.data, p->bytes.size, err));
    buffer_clear(&p->bytes);
    return OIR_OK;
}

oir_status document_parts_add(document_parts *p, document_terms *from, size_t kept, oir_error *err)
{
    size_t before = p->bytes.size;
    document_part part = {.at = p->file.size + before, .occurrences = from->log_count};
    oir_termpos next = 1;
    if (!memory_reserve(&p->items, &p->capacity, p->count + 1, sizeof *p->items))
        return error_no_memory(err, "the terms of a document");
    for (size_t i = 0; i < from->log_count; i++)
        add_occurrence(&p->bytes, from, &from->log[i], &part, &next);
    for (size_t i = 0; i < from->log_count; i++)
        from->vocabulary.words[from->log[i].word].group = 0;
    oir_status status = p->bytes.failed ? error_no_memory(err, "the terms of a document") : OIR_OK;
    part.size = p->bytes.size - before;
    if (status == OIR_OK)
        status = put_away(p, kept, err);
    if (status == OIR_OK) {
        p->items[p->count++] = part;
    } else {
        p->bytes.size = before;
        p->bytes.failed = false;
    }
    return status;
}

/* ---- reading: what is here, or in a file that nobody else sees, is as it was written ---- */

static uint64_t get_varint(const uint8_t **at)
{
    uint64_t value = 0;
    uint32_t shift = 0;
    for (; **at >= 0x80; shift += 7)
        value |= (uint64_t)(*(*at)++ & 0x7f) << shift;
    return value | (uint64_t)*(*at)++ << shift;
}

static oir_status read_word(const uint8_t **at, document_terms *to, uint32_t *word, oir_error *err)
{
    size_t size = *(*at)++;
    const char *bytes = (const char *)*at;
    hash_key k = hash_make_key(bytes, size);
    *at += size;
    return document_terms_intern(to, &k, bytes, size, word, err);
}

/* numbers: by word of the part, that which it has here. */
static oir_status read_occurrences(const uint8_t *at, const document_part *part, uint32_t *numbers, document_terms *to,
                                   oir_error *err)
{
    oir_termpos next = 1;
    uint32_t words = 0;
    document_occurrence *log = to->log + to->log_count;
    for (size_t i = 0; i < part->occurrences; i++) {
        uint64_t head = get_varint(&at);
        uint32_t word = (uint32_t)(head >> KIND_BITS), kind = head & ANY;
        if (word == words)
            ERROR_FORWARD(read_word(&at, to, &numbers[words++], err));
        document_occurrence *o = &log[i];
        *o = (document_occurrence){numbers[word], next, 1};
        if (kind == COUNTED || kind == ANY)
            o->wdf = (uint32_t)get_varint(&at);
        if (kind == ANY) {
            uint64_t further = get_varint(&at);
            o->position = next + (uint32_t)(further & 1 ? ~(further >> 1) : further >> 1);
        }
        if (kind == NOWHERE || kind == COUNTED)
            o->position = DOCUMENT_NO_POSITION;
        else
            next = o->position + 1;
    }
    to->log_count += part->occurrences;
    return OIR_OK;
}

static oir_status read_part(const document_part *part, const uint8_t *bytes, document_terms *to, oir_error *err)
{
    uint32_t *numbers = memory_new((part->words + (size_t)1) * sizeof *numbers);
    if (!numbers)
        return error_no_memory(err, "the terms of a document");
    oir_status status = document_terms_extend(to, part->occurrences, err);
    if (status == OIR_OK)
        status = read_occurrences(bytes, part, numbers, to, err);
    memory_free(numbers);
    return status;
}

oir_status document_parts_read(const document_parts *p, size_t number, document_terms *to, oir_error *err)
{
    const document_part *part = &p->items[number];
    if (part->at >= p->file.size)
        return read_part(part, p->bytes.data + (part->at - p->file.size), to, err);
    uint8_t *bytes = memory_new(part->size);
    if (!bytes)
        return error_no_memory(err, "the terms of a document");
    oir_status status = spill_read(&p->file, part->at, bytes, part->size, err);
    if (status == OIR_OK)
        status = read_part(part, bytes, to, err);
    memory_free(bytes);
    return status;
}
