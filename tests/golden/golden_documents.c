#include "golden/golden_documents.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *const golden_names[GOLDEN_ALL] = {"reordered", "odd", "wide", "large"};

/* ---- what indexes are made with: after the first failure nothing more happens ---- */

typedef struct maker {
    oir_writable_database *writer;
    oir_document *document; /* the one at hand */
    uint64_t random;
    oir_status status;
    oir_error *err;
} maker;

static uint32_t below(maker *m, uint32_t bound)
{
    m->random = m->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((m->random >> 33) % bound);
}

#define DO(m, call)                   \
    do {                              \
        if ((m)->status == OIR_OK)    \
            (m)->status = (call);     \
    } while (0)

static void add_term(maker *m, const char *term, oir_termcount wdf)
{
    DO(m, oir_document_add_term(m->document, term, strlen(term), wdf, m->err));
}

static void add_posting(maker *m, const char *term, oir_termpos position, oir_termcount wdf)
{
    DO(m, oir_document_add_posting(m->document, term, strlen(term), position, wdf, m->err));
}

static void set_value(maker *m, oir_valueno slot, const char *bytes, size_t size)
{
    DO(m, oir_document_set_value(m->document, slot, bytes, size, m->err));
}

static void set_data(maker *m, const char *data, size_t size)
{
    DO(m, oir_document_set_data(m->document, data, size, m->err));
}

/* The document at hand gets the docid, or the next one for 0; then there is an empty one. */
static void put(maker *m, oir_docid docid)
{
    if (docid)
        DO(m, oir_writable_database_replace_document(m->writer, docid, m->document, m->err));
    else
        DO(m, oir_writable_database_add_document(m->writer, m->document, NULL, m->err));
    oir_document_clear(m->document);
}

static void delete(maker *m, oir_docid docid)
{
    DO(m, oir_writable_database_delete_document(m->writer, docid, m->err));
}

static void commit(maker *m)
{
    DO(m, oir_writable_database_commit(m->writer, m->err));
}

/* A word of two to four syllables; low numbers are short. */
static const char *word(uint32_t number, char out[16])
{
    static const char syllables[] = "bakelominurasitodivupaxe";
    uint32_t count = 2 + number / 100, size = 0;
    for (uint32_t i = 0, n = number * 7 + 3; i < count && i < 4; i++, n = n * 5 + number) {
        memcpy(out + size, syllables + 2 * (n % 12), 2);
        size += 2;
        n /= 12;
    }
    memcpy(out + size, (char[]){(char)('a' + number % 26), 0}, 2);
    return out;
}

/* ---- reordered ---- */

enum { REORDERED = 8300, TOPICS = 6 };

/* Low numbers are many times as frequent; words of one topic are beside each other. */
static uint32_t choose_word(maker *m, uint32_t topic)
{
    uint32_t r = below(m, 1000);
    return below(m, 3) ? r * r / 1000 * r / 1000 * 40 / 1000 : 40 + topic * 20 + r * r / 1000 * 20 / 1000;
}

static void fill_reordered(maker *m, uint32_t i)
{
    char text[16];
    uint32_t topic = below(m, TOPICS), words = 3 + below(m, 4), at = 1;
    for (uint32_t k = 0; k < words; k++)
        add_posting(m, word(choose_word(m, topic), text), at++, 1);
    if (below(m, 3)) { /* a pair that nearly all documents with both words have */
        add_posting(m, "golden", at, 1);
        add_posting(m, "index", at + 1, 1);
    }
    if (below(m, 40) == 0) { /* one that few have */
        add_posting(m, "index", at + 9, 1);
        add_posting(m, "golden", at + 10, 1);
    }
    if (i % 16 == 0)
        add_term(m, (snprintf(text, sizeof text, "Q%u", (unsigned)i), text), 0);
    if (i % 4 == 0)
        set_data(m, text, (size_t)snprintf(text, sizeof text, "item %u", (unsigned)i));
    set_value(m, 0, (char[]){(char)(i >> 8), (char)i}, 2);
    if (i % 3 == 0)
        set_value(m, 1, text, (size_t)snprintf(text, sizeof text, "%u", (unsigned)(i * 7)));
    if (i % 97 == 0)
        set_value(m, 70, "rare", 4);
}

static void make_reordered(maker *m)
{
    for (uint32_t i = 0; i < REORDERED; i++) {
        fill_reordered(m, i);
        put(m, i < REORDERED - 40 ? 1 + i + i / 97 : 20000 + 13 * i);
    }
    DO(m, oir_writable_database_optimise(m->writer, m->err));
    for (uint32_t i = 0; i < 8000; i += 500)
        delete(m, 1 + i + i / 97);
    for (uint32_t i = 0; i < 5; i++) {
        fill_reordered(m, REORDERED + i);
        put(m, 0);
    }
    commit(m);
}

/* ---- odd ---- */

/* Documents' data that have long stretches in common, of what cannot be made small otherwise: a dictionary pays. */
static void set_common_data(maker *m, uint32_t i)
{
    char data[1200];
    uint64_t random = m->random;
    uint32_t own = 200 + i % 50;
    m->random = i % 8;
    for (uint32_t k = 0; k < sizeof data; k++)
        data[k] = (char)(k < own ? ' ' + k % 3 : ' ' + below(m, 90));
    m->random = random;
    set_data(m, data, sizeof data);
}

static void set_odd_values(maker *m, uint32_t i)
{
    static const char zeros[200];
    set_value(m, 3, (char[]){'a', 'b', 'c', (char)i}, i % 2 ? 4 : 3);
    if (i < 300)
        set_value(m, 4, "same", 4);
    if (i % 10 == 9)
        set_value(m, 5, "0123456789", 1 + i % 10);
    if (i % 2)
        set_value(m, 6, zeros, sizeof zeros - i % 7); /* more than 64 KiB together */
    if (i == 17)
        set_value(m, OIR_BAD_VALUENO - 1, "\0\xff", 2);
}

/* A term in all documents, with wdf of all sizes; one that only filters; positions that are more or fewer than wdf. */
static void fill_odd(maker *m, uint32_t i)
{
    char text[256];
    add_posting(m, "all", 1, 1);
    add_term(m, "many", i % 5 ? 1 + i % 3 : i % 50 ? 3 + i % 40 : 250 + i);
    if (i % 3)
        add_term(m, "Kfilter", 0);
    if (i % 7 == 0)
        add_term(m, "Kmixed", i % 2);
    for (uint32_t k = 0; k < i % 6; k++)
        add_posting(m, "counted", 2 + 3 * k, k ? 1 : 2);
    for (uint32_t k = 0; i % 4 == 0 && k < 80; k++)
        add_posting(m, "often", 20 + k * (1 + i % 3), 1);
    if (i % 11 == 0)
        add_posting(m, "far", i * 3000, 1);
    if (i % 13 == 0) {
        add_posting(m, "farther", 70000 + i, 1);
        add_posting(m, "farther", 900000 + i * i, 1);
    }
    if (i % 60 == 7)
        add_posting(m, "counted-too", 3 + i, i % 4);
    if (i == 100)
        add_term(m, "huge", 20000000);
    if (i == 100 || i == 200 || i == 201)
        add_term(m, "large", 70000 + i);
    if (i == 300) {
        memset(text, 'l', sizeof text);
        DO(m, oir_document_add_term(m->document, text, OIR_TERM_MAX, 1, m->err));
        DO(m, oir_document_add_term(m->document, text, OIR_TERM_MAX - 40, 1, m->err));
        DO(m, oir_document_add_term(m->document, "\xff\0\n\xc3(", 5, 2, m->err));
    }
    for (uint32_t k = 0; k < 3; k++)
        add_posting(m, word(below(m, 800), text), 10 + k, 1);
}

static void make_odd(maker *m)
{
    DO(m, oir_writable_database_set_setting(m->writer, "golden", "odd\0index", 9, m->err));
    DO(m, oir_writable_database_set_setting(m->writer, "empty-not", " ", 1, m->err));
    for (uint32_t i = 0; i < 700; i++) {
        fill_odd(m, i);
        set_odd_values(m, i);
        if (i < 120)
            set_common_data(m, i);
        put(m, 0);
    }
    commit(m);
    /* A segment with position 0, docids with gaps that ascend, data that does not get smaller. */
    for (uint32_t i = 0; i < 90; i++) {
        add_posting(m, "zero", i % 2 ? i : 0, 1);
        add_posting(m, "all", 5, 1);
        if (i == 40)
            set_data(m, "short", 5);
        put(m, 1000 + 3 * i);
    }
    for (uint32_t i = 1; i <= 700; i += 50)
        delete(m, i);
    commit(m);
    /* One whose documents have as many places: they are counted by window. */
    for (uint32_t i = 0; i < 150; i++) {
        for (uint32_t k = 0; k < 9; k++)
            add_posting(m, k % 3 ? "even" : "all", 1 + k + (k > 4 && i % 2), 1);
        put(m, i ? 0 : 5); /* in the place of one that is there */
    }
    commit(m);
    /* One whose documents are words side by side: positions and lengths say the same. */
    for (uint32_t i = 0; i < 70; i++) {
        for (uint32_t k = 0; k < 2 + i % 7; k++)
            add_posting(m, k ? "beside" : "all", 1 + k, 1);
        put(m, 0);
    }
    commit(m);
}

/* ---- wide ---- */

static void make_wide(maker *m)
{
    char text[16];
    for (uint32_t i = 0; i < 65700; i++) {
        if (i < 18000) {
            add_posting(m, "one", 1, 1);
            add_posting(m, "other", i % 8 ? 3 : 2, 1);
        }
        if (i % 256 == 5 && i < 65536) { /* 256 documents of more than 65,536, of which lists are sparse */
            add_posting(m, "sparse", 4, 1);
            add_posting(m, i % 3 ? "sparse" : "counted", 5 + i % 9, 1);
            add_posting(m, "counted", 30, i % 5);
        }
        if (i % 256 == 6 && i < 65536)
            add_term(m, "plain", i % 25 ? 1 + i % 3 : 255); /* the least that a byte does not say */
        if (i % 400 == 7)
            add_posting(m, "short", 1 + i % 5, 1);
        if (i % 150 == 3)
            add_posting(m, "dense", 2, 1);
        if (i % 9000 == 0)
            add_posting(m, word(i / 9000, text), 1, 1);
        put(m, 0);
    }
    DO(m, oir_writable_database_optimise(m->writer, m->err));
}

/* ---- large ---- */

static void make_large(maker *m)
{
    static char bytes[1 << 20];
    for (uint32_t i = 0; i < 3 << 18; i++)
        bytes[i] = (char)(i * i >> 7);
    for (uint32_t i = 0; i < 3; i++) {
        add_posting(m, "all", 1 + i, 1);
        set_value(m, i % 2, bytes + i, sizeof bytes - i * 1000);
        set_data(m, bytes, i ? 100 : sizeof bytes);
        put(m, 0);
    }
    for (uint32_t i = 0; i < 70000; i++)
        add_posting(m, "all", i * 97 + below(m, 97), 1);
    put(m, 0);
    for (uint32_t i = 0; i < 90000; i++) {
        char text[16];
        snprintf(text, sizeof text, "t%u", (unsigned)(i * 2654435761u));
        if (i % 5 == 0)
            add_term(m, text, 1);
        add_posting(m, "deep", i % 1000 * 970, 1);
        if (i % 1000 == 999)
            put(m, 0);
    }
    commit(m);
}

static void make(maker *m, const char *name)
{
    if (strcmp(name, "reordered") == 0)
        make_reordered(m);
    else if (strcmp(name, "odd") == 0)
        make_odd(m);
    else if (strcmp(name, "wide") == 0)
        make_wide(m);
    else
        make_large(m);
}

oir_status golden_make(const char *name, const char *folder, oir_error *err)
{
    maker m = {.random = 1, .err = err};
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    bool wide = strcmp(name, "wide") == 0;
    char lock[1024];
    options.mode = OIR_CREATE;
    options.no_sync = true;
    options.no_term_lists = options.no_stored_data = wide;
    options.reorder = wide ? OIR_REORDER_NONE : OIR_REORDER_LIGHT;
    DO(&m, oir_writable_database_open(&m.writer, folder, &options, err));
    DO(&m, oir_document_new(&m.document, err));
    if (m.status == OIR_OK)
        make(&m, name);
    oir_document_free(m.document);
    oir_writable_database_close(m.writer);
    snprintf(lock, sizeof lock, "%s/lock", folder);
    unlink(lock); /* names the process and the machine */
    return m.status;
}
