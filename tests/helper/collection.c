#include "helper/collection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One occurrence of a word in the document being made. */
typedef struct token {
    uint32_t word, position;
} token;

static void *must(void *block)
{
    if (!block) {
        fprintf(stderr, "collection: out of memory\n");
        exit(1);
    }
    return block;
}

static int compare_tokens(const void *a, const void *b)
{
    const token *x = a, *y = b;
    if (x->word != y->word)
        return x->word < y->word ? -1 : 1;
    return (x->position > y->position) - (x->position < y->position);
}

static int compare_names(const void *a, const void *b)
{
    const collection_term *x = a, *y = b;
    int c = memcmp(x->name, y->name, x->size < y->size ? x->size : y->size);
    return c ? c : (x->size > y->size) - (x->size < y->size);
}

/* Words by rank: short ones that share beginnings, different by the number at the end. */
static void make_words(collection *c, uint64_t (*random)(void))
{
    static const char *const stems[] = {"", "Z", "con", "contra", "in", "inter", "sub", "un", "\xc3\xa9", "S"};
    c->term_count = c->shape.words;
    c->terms = must(calloc(c->term_count + 1, sizeof *c->terms));
    for (uint32_t i = 0; i < c->term_count; i++) {
        collection_term *t = c->terms + i;
        t->size = (size_t)snprintf(t->name, sizeof t->name, "%s%x", stems[random() % 10], i * 2654435761u);
    }
}

static void add_posting(collection_term *t, uint32_t document, uint32_t wdf, const token *tokens, uint32_t count)
{
    if (t->count == t->capacity) {
        t->capacity = t->capacity ? t->capacity * 2 : 4;
        t->documents = must(realloc(t->documents, t->capacity * sizeof *t->documents));
        t->wdf = must(realloc(t->wdf, t->capacity * sizeof *t->wdf));
        t->position_counts = must(realloc(t->position_counts, t->capacity * sizeof *t->position_counts));
    }
    t->documents[t->count] = document;
    t->wdf[t->count] = wdf;
    t->position_counts[t->count] = count;
    t->count++;
    if (t->position_count + count > t->position_capacity) {
        t->position_capacity = (t->position_count + count) * 2;
        t->positions = must(realloc(t->positions, t->position_capacity * sizeof *t->positions));
    }
    for (uint32_t i = 0; i < count; i++)
        t->positions[t->position_count++] = tokens[i].position;
    t->positioned |= count > 0;
    t->counted |= count != wdf;
}

/* A word's rank: the first ones are in most documents, the last ones in few. */
static uint32_t some_word(const collection *c, uint64_t (*random)(void))
{
    uint64_t most = random() % c->shape.words + 1;
    return (uint32_t)(random() % most * (random() % most + 1) / most);
}

static uint32_t make_tokens(collection *c, token *tokens, uint64_t (*random)(void))
{
    uint32_t tokens_max = c->shape.tokens * 2, count = (uint32_t)(random() % tokens_max);
    uint32_t position = c->shape.position_zero ? 0 : 1;
    if (random() % 50 == 0)
        count *= 20;
    uint32_t favourite = random() % 30 == 0 ? (uint32_t)(random() % c->shape.words) : UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        bool again = favourite != UINT32_MAX && random() % 4;
        if (c->shape.gaps && random() % 20 == 0)
            position += (uint32_t)(random() % 100);
        tokens[i] = (token){again ? favourite : some_word(c, random), position++};
    }
    qsort(tokens, count, sizeof *tokens, compare_tokens);
    return count;
}

/* One document's tokens, sorted, to postings; its length and positions to its record. */
static void invert(collection *c, uint32_t d, const token *tokens, uint32_t count, uint64_t (*random)(void))
{
    segment_document *record = &c->documents[d].record;
    bool positions = c->shape.positions && (!c->shape.gaps || random() % 5 != 0);
    for (uint32_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && tokens[i + n].word == tokens[i].word; n++)
            continue;
        /* A few words have wdf 0, as terms for filters have; some more than they have positions. */
        uint32_t word = tokens[i].word, wdf = word % 17 == 3 ? 0 : n, placed = positions && word % 5 != 4 ? n : 0;
        if (c->shape.gaps && random() % 10 == 0)
            wdf += (uint32_t)(random() % 500);
        if (c->shape.gaps && random() % 50 == 0)
            placed = 0;
        add_posting(c->terms + word, d, wdf, tokens + i, placed);
        record->length += wdf;
        if (placed == 0)
            continue;
        if (!record->has_positions || tokens[i].position < record->position_min)
            record->position_min = tokens[i].position;
        if (!record->has_positions || tokens[i + n - 1].position > record->position_max)
            record->position_max = tokens[i + n - 1].position;
        record->has_positions = true;
    }
}

static void make_extras(collection *c, uint32_t d, uint64_t (*random)(void))
{
    collection_document *document = c->documents + d;
    size_t size = c->shape.stored && random() % 4 ? random() % 400 : 0;
    document->data = must(calloc(size + 1, 1));
    for (size_t i = 0; i < size; i++)
        document->data[i] = "the cat sat on a mat\n"[random() % 21];
    document->record.data = (oir_bytes){document->data, size};
    document->record.values = document->values;
    for (uint32_t slot = 0; c->shape.values && slot < 4; slot++) {
        if (random() % (slot + 1))
            continue;
        char *bytes = document->bytes[slot];
        int n = snprintf(bytes, sizeof document->bytes[slot], "%u.%u", slot, (unsigned)(random() % 100000));
        document->values[document->record.value_count++] = (segment_value){slot * 7, {bytes, (size_t)n}};
    }
}

static void make_docids(collection *c, uint64_t (*random)(void))
{
    uint32_t docid = 1 + (uint32_t)(random() % 1000), n = c->shape.documents;
    for (uint32_t d = 0; d < n; d++) {
        c->documents[d].record.docid = docid++;
        docid += c->shape.docids == DOCIDS_CONTIGUOUS ? 0 : (uint32_t)(random() % 3);
    }
    for (uint32_t d = 0; c->shape.docids == DOCIDS_SHUFFLED && d < n; d++) {
        uint32_t other = d + (uint32_t)(random() % (n - d));
        oir_docid swapped = c->documents[d].record.docid;
        c->documents[d].record.docid = c->documents[other].record.docid;
        c->documents[other].record.docid = swapped;
    }
}

/* Terms that no document has go; the others get their ordinals, and postings as they are written. */
static void end_terms(collection *c)
{
    uint32_t kept = 0;
    qsort(c->terms, c->term_count, sizeof *c->terms, compare_names);
    for (uint32_t i = 0; i < c->term_count; i++)
        if (c->terms[i].count > 0)
            c->terms[kept++] = c->terms[i];
    c->term_count = kept;
    for (uint32_t i = 0; i < kept; i++) {
        collection_term *t = c->terms + i;
        t->postings = (term_postings){.count = t->count, .documents = t->documents, .wdf = t->wdf};
        if (t->positioned)
            t->postings.positions = t->positions;
        if (t->positioned && t->counted)
            t->postings.position_counts = t->position_counts;
        for (uint32_t n = 0; n < t->count; n++)
            c->documents[t->documents[n]].term_count++;
    }
}

static void make_term_lists(collection *c)
{
    for (uint32_t d = 0; d < c->shape.documents; d++) {
        collection_document *document = c->documents + d;
        document->ordinals = must(calloc(document->term_count + 1, sizeof *document->ordinals));
        document->wdf = must(calloc(document->term_count + 1, sizeof *document->wdf));
        document->term_count = 0;
    }
    for (uint32_t i = 0; i < c->term_count; i++) {
        for (uint32_t n = 0; n < c->terms[i].count; n++) {
            collection_document *document = c->documents + c->terms[i].documents[n];
            document->ordinals[document->term_count] = i;
            document->wdf[document->term_count++] = c->terms[i].wdf[n];
        }
    }
}

collection *collection_new(const collection_shape *shape, uint64_t (*random)(void))
{
    collection *c = must(calloc(1, sizeof *c));
    token *tokens = must(malloc(((size_t)shape->tokens * 40 + 1) * sizeof *tokens));
    c->shape = *shape;
    c->documents = must(calloc(shape->documents + 1, sizeof *c->documents));
    make_words(c, random);
    for (uint32_t d = 0; d < shape->documents; d++) {
        uint32_t count = make_tokens(c, tokens, random);
        invert(c, d, tokens, count, random);
        make_extras(c, d, random);
    }
    free(tokens);
    make_docids(c, random);
    end_terms(c);
    make_term_lists(c);
    return c;
}

void collection_free(collection *c)
{
    for (uint32_t i = 0; i < c->shape.words; i++) {
        if (i >= c->term_count)
            break;
        free(c->terms[i].documents);
        free(c->terms[i].wdf);
        free(c->terms[i].position_counts);
        free(c->terms[i].positions);
    }
    for (uint32_t d = 0; d < c->shape.documents; d++) {
        free(c->documents[d].data);
        free(c->documents[d].ordinals);
        free(c->documents[d].wdf);
    }
    free(c->terms);
    free(c->documents);
    free(c);
}

static oir_status add_all(const collection *c, segment_writer *w, oir_error *err)
{
    oir_status status = OIR_OK;
    for (uint32_t d = 0; d < c->shape.documents && status == OIR_OK; d++)
        status = segment_writer_add_document(w, &c->documents[d].record, err);
    for (uint32_t i = 0; i < c->term_count && status == OIR_OK; i++)
        status = segment_writer_add_term(w, c->terms[i].name, c->terms[i].size, &c->terms[i].postings, err);
    for (uint32_t d = 0; c->shape.term_lists && d < c->shape.documents && status == OIR_OK; d++)
        status = segment_writer_add_term_list(w, c->documents[d].ordinals, c->documents[d].wdf,
                                              c->documents[d].term_count, err);
    return status;
}

oir_status collection_write(const collection *c, const char *path, oir_error *err)
{
    segment_writer *w;
    segment_options options = {.bound_k1 = 1.2, .bound_b = 0.75, .term_lists = c->shape.term_lists,
                               .stored = c->shape.stored, .pairs = c->shape.pairs};
    oir_status status = segment_writer_open(&w, path, &options, err);
    if (status != OIR_OK)
        return status;
    status = add_all(c, w, err);
    if (status == OIR_OK)
        return segment_writer_commit(w, err);
    segment_writer_abort(w);
    return status;
}
