#include "segment/terms.h"

#include <unistd.h>

#include "base/crc32c.h"
#include "harness.h"
#include "helper/damage.h"
#include "helper/scratch.h"
#include "segment/container.h"
#include "segment/terms_block.h"

/* A dictionary kept in memory beside the one in the file. */
typedef struct model_term {
    char bytes[OIR_TERM_MAX];
    size_t size;
    term_entry entry;
    bool gap;
    uint8_t inlined[POSTINGS_INLINED_MAX];
} model_term;

static int compare_terms(const void *a, const void *b)
{
    const model_term *x = a, *y = b;
    return terms_compare(x->bytes, x->size, y->bytes, y->size);
}

/* Terms that share much, of bytes 0 and 255 too, and some as long as can be. */
static void make_term(model_term *t)
{
    uint32_t kind = harness_below(10), size = 1 + harness_below(kind == 0 ? OIR_TERM_MAX : kind < 3 ? 20 : 6);
    static const uint8_t letters[] = {0, 1, 'a', 'a', 'a', 'b', 'c', 0xff};
    for (uint32_t i = 0; i < size; i++)
        t->bytes[i] = (char)letters[harness_below(sizeof letters)];
    if (harness_below(4) == 0)
        memset(t->bytes, harness_below(2) ? 0xff : 'a', size < 12 ? size : 12);
    t->size = size;
}

static uint64_t some_size(void)
{
    return harness_below(4) ? harness_below(300) : harness_below(1u << 31);
}

/* An entry that the writer may be given, with its lists behind those of the entries before. */
static void make_entry(model_term *t, uint32_t ordinal, uint64_t *postings, uint64_t *positions)
{
    term_entry *e = &t->entry;
    *e = (term_entry){.ordinal = ordinal, .form = (uint8_t)harness_below(4)};
    e->positions_form = (uint8_t)harness_below(3);
    e->termfreq = 1 + harness_below(e->form == POSTINGS_INLINED ? 2 : harness_below(3) ? 100 : UINT32_MAX - 1);
    e->zero_wdf = harness_below(5) == 0;
    e->wdf_max = harness_below(3) ? 1 + harness_below(3) : 1 + harness_below(UINT32_MAX);
    e->collection_freq = (e->zero_wdf ? 0 : e->termfreq - 1) + (uint64_t)e->wdf_max + harness_below(3);
    if (!e->zero_wdf && harness_below(2)) {
        e->wdf_max = 1;
        e->collection_freq = e->termfreq;
    }
    t->gap = harness_below(50) == 0;
    if (e->form == POSTINGS_INLINED) {
        e->inlined_size = harness_below(POSTINGS_INLINED_MAX + 1);
        for (uint32_t i = 0; i < e->inlined_size; i++)
            t->inlined[i] = (uint8_t)harness_random();
    } else {
        *postings += t->gap ? some_size() : 0;
        e->postings_address = *postings;
        *postings += e->postings_size = some_size();
    }
    if (e->positions_form != POSITIONS_NONE) {
        *positions += t->gap ? some_size() : 0;
        e->positions_size = harness_below(20) ? some_size() : 0;
        e->positions_address = e->positions_size ? *positions : 0;
        *positions += e->positions_size;
    }
}

static model_term *make_model(uint32_t *count)
{
    uint32_t kept = 0;
    uint64_t postings = 16, positions = 16;
    model_term *model = calloc(*count ? *count : 1, sizeof *model);
    REQUIRE(model);
    for (uint32_t i = 0; i < *count; i++)
        make_term(&model[i]);
    qsort(model, *count, sizeof *model, compare_terms);
    for (uint32_t i = 0; i < *count; i++)
        if (i == 0 || compare_terms(&model[i], &model[kept - 1]) != 0)
            model[kept++] = model[i];
    *count = kept;
    for (uint32_t i = 0; i < kept; i++)
        make_entry(&model[i], i, &postings, &positions);
    return model;
}

static void write_model(const char *path, const model_term *model, uint32_t count)
{
    oir_error err;
    container_writer *file;
    terms_writer *w;
    REQUIRE_OK(container_writer_open(&file, path, &err), err);
    REQUIRE_OK(terms_writer_new(&w, file, &err), err);
    for (uint32_t i = 0; i < count; i++) {
        term_entry e = model[i].entry;
        e.inlined = model[i].inlined;
        REQUIRE_OK(terms_writer_add(w, model[i].bytes, model[i].size, &e, model[i].gap, &err), err);
    }
    REQUIRE_OK(terms_writer_end(w, &err), err);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
    terms_writer_free(w);
}

static void expect_entry(const term_entry *got, const model_term *expected)
{
    const term_entry *e = &expected->entry;
    EXPECT_EQ(got->ordinal, e->ordinal);
    EXPECT_EQ(got->termfreq, e->termfreq);
    EXPECT_EQ(got->collection_freq, e->collection_freq);
    EXPECT_EQ(got->wdf_max, e->wdf_max);
    EXPECT_EQ(got->form, e->form);
    EXPECT_EQ(got->positions_form, e->positions_form);
    EXPECT_EQ(got->zero_wdf, e->zero_wdf);
    EXPECT_EQ(got->postings_address, e->postings_address);
    EXPECT_EQ(got->postings_size, e->postings_size);
    EXPECT_EQ(got->positions_address, e->positions_address);
    EXPECT_EQ(got->positions_size, e->positions_size);
    EXPECT_EQ(got->inlined_size, e->inlined_size);
    EXPECT((got->inlined != NULL) == (e->form == POSTINGS_INLINED));
    EXPECT(!got->inlined || memcmp(got->inlined, expected->inlined, e->inlined_size) == 0);
}

/* The model's first term that is not less. */
static uint32_t lower_bound(const model_term *model, uint32_t count, const model_term *wanted)
{
    uint32_t i = 0;
    while (i < count && compare_terms(&model[i], wanted) < 0)
        i++;
    return i;
}

static void expect_cursor(const terms_cursor *c, const model_term *model, uint32_t count, uint32_t at)
{
    EXPECT_EQ(c->at_end, at >= count);
    if (c->at_end || at >= count)
        return;
    EXPECT_EQ(c->term_size, model[at].size);
    EXPECT(memcmp(c->term, model[at].bytes, model[at].size) == 0);
    expect_entry(&c->entry, &model[at]);
}

/* By hash where `frequent` and the term is. */
static void find_at_once(const terms *t, const model_term *m, bool frequent)
{
    oir_error err;
    term_entry entry;
    bool found;
    terms_place place = terms_locate(t, frequent_terms_hash(m->bytes, m->size), m->bytes, m->size, frequent);
    terms_prefetch(t, place);
    REQUIRE_OK(terms_find_at(t, place, m->bytes, m->size, &entry, &found, &err), err);
    EXPECT(found);
    if (found)
        expect_entry(&entry, m);
}

static void compare_all(const terms *t, const model_term *model, uint32_t count)
{
    oir_error err;
    terms_cursor c;
    term_entry entry;
    bool found;
    EXPECT_EQ(t->term_count, count);
    terms_cursor_init(&c, t);
    REQUIRE_OK(terms_cursor_seek(&c, "", 0, &err), err);
    for (uint32_t i = 0; i <= count; i++) {
        expect_cursor(&c, model, count, i);
        REQUIRE_OK(terms_cursor_next(&c, &err), err);
    }
    for (uint32_t i = 0; i < count; i++) {
        REQUIRE_OK(terms_find(t, model[i].bytes, model[i].size, &entry, &found, &err), err);
        EXPECT(found);
        if (found)
            expect_entry(&entry, &model[i]);
        find_at_once(t, &model[i], i % 2);
        REQUIRE_OK(terms_cursor_seek_ordinal(&c, i, &err), err);
        expect_cursor(&c, model, count, i);
    }
    REQUIRE_OK(terms_cursor_seek_ordinal(&c, count, &err), err);
    EXPECT(c.at_end);
}

static void compare_other_terms(const terms *t, const model_term *model, uint32_t count)
{
    oir_error err;
    terms_cursor c;
    terms_cursor_init(&c, t);
    for (uint32_t i = 0; i < 1000; i++) {
        model_term wanted;
        term_entry entry;
        bool found;
        make_term(&wanted);
        uint32_t at = lower_bound(model, count, &wanted);
        REQUIRE_OK(terms_find(t, wanted.bytes, wanted.size, &entry, &found, &err), err);
        EXPECT_EQ(found, at < count && compare_terms(&model[at], &wanted) == 0);
        REQUIRE_OK(terms_cursor_seek(&c, wanted.bytes, wanted.size, &err), err);
        expect_cursor(&c, model, count, at);
        REQUIRE_OK(terms_cursor_next(&c, &err), err);
        expect_cursor(&c, model, count, at + 1);
    }
}

/* Over terms that begin alike, with infos that are read now and then only. */
static void compare_skips(const terms *t, const model_term *model, uint32_t count)
{
    oir_error err;
    terms_cursor c;
    terms_cursor_init_strings(&c, t);
    for (uint32_t round = 0; round < 20 && count; round++) {
        uint32_t at = harness_below(count);
        REQUIRE_OK(terms_cursor_seek(&c, model[at].bytes, model[at].size, &err), err);
        while (!c.at_end) {
            REQUIRE(at < count && c.term_size == model[at].size);
            EXPECT(memcmp(c.term, model[at].bytes, c.term_size) == 0);
            if (harness_below(2)) {
                REQUIRE_OK(terms_cursor_read_entry(&c, &err), err);
                expect_entry(&c.entry, &model[at]);
            }
            size_t size = harness_below(3) ? 0 : 1 + harness_below((uint32_t)c.term_size);
            const model_term *from = &model[at];
            do
                at++;
            while (size && at < count && model[at].size >= size && memcmp(model[at].bytes, from->bytes, size) == 0);
            REQUIRE_OK(size ? terms_cursor_skip(&c, size, &err) : terms_cursor_next(&c, &err), err);
        }
        EXPECT_EQ(at, count);
    }
}

static void dictionaries_of_all_sizes(void)
{
    static const uint32_t sizes[] = {0, 1, 2, 31, 32, 33, 64, 65, 300, 3000};
    char *folder = scratch_open(), path[SCRATCH_PATH];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        oir_error err;
        uint32_t count = sizes[i];
        container *file;
        terms t;
        model_term *model = make_model(&count);
        scratch_path(path, folder, "terms");
        write_model(path, model, count);
        REQUIRE_OK(container_open(&file, path, &err), err);
        REQUIRE_OK(terms_open(&t, file, &err), err);
        REQUIRE_OK(terms_check(&t, &err), err);
        compare_all(&t, model, count);
        compare_other_terms(&t, model, count);
        compare_skips(&t, model, count);
        container_close(file);
        unlink(path);
        free(model);
    }
    scratch_close(folder);
}

static void no_term_is_empty_or_too_long(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH], longest[OIR_TERM_MAX + 1];
    oir_error err;
    uint32_t count = 50;
    container *file;
    terms t;
    term_entry entry;
    bool found = true;
    model_term *model = make_model(&count);
    memset(longest, 'a', sizeof longest);
    scratch_path(path, folder, "terms");
    write_model(path, model, count);
    REQUIRE_OK(container_open(&file, path, &err), err);
    REQUIRE_OK(terms_open(&t, file, &err), err);
    REQUIRE_OK(terms_find(&t, "", 0, &entry, &found, &err), err);
    EXPECT(!found);
    REQUIRE_OK(terms_find(&t, longest, sizeof longest, &entry, &found, &err), err);
    EXPECT(!found);
    container_close(file);
    scratch_close(folder);
    free(model);
}

/* The same for what is passed over. */
static void expect_safe_skips(const terms *t, const model_term *model, uint32_t count)
{
    oir_error err;
    terms_cursor c;
    char before[OIR_TERM_MAX];
    size_t before_size;
    const model_term *from = &model[harness_below(count)];
    terms_cursor_init_strings(&c, t);
    oir_status status = terms_cursor_seek(&c, from->bytes, from->size, &err);
    EXPECT(c.at_end || terms_compare(c.term, c.term_size, from->bytes, from->size) >= 0);
    for (uint32_t i = 0; !c.at_end && status == OIR_OK; i++) {
        memcpy(before, c.term, c.term_size);
        before_size = c.term_size;
        status = i % 3 == 0 ? terms_cursor_read_entry(&c, &err) : OIR_OK;
        if (status == OIR_OK)
            status = i % 2 ? terms_cursor_next(&c, &err) : terms_cursor_skip(&c, 1 + i % before_size, &err);
        EXPECT(c.at_end || terms_compare(before, before_size, c.term, c.term_size) < 0);
    }
    EXPECT(status == OIR_OK || status == OIR_CORRUPT);
    EXPECT(c.at_end);
}

/* Whatever the bytes are: answers, or OIR_CORRUPT; a cursor that ascends; an end. */
static void expect_safe(const terms *t, const model_term *model, uint32_t count)
{
    oir_error err;
    terms_cursor c;
    term_entry entry;
    bool found;
    char before[OIR_TERM_MAX];
    size_t before_size = 0;
    for (uint32_t i = 0; i < count; i += 7)
        (void)terms_find(t, model[i].bytes, model[i].size, &entry, &found, &err);
    terms_cursor_init(&c, t);
    oir_status status = terms_cursor_seek(&c, "", 0, &err);
    for (; !c.at_end && status == OIR_OK; status = terms_cursor_next(&c, &err)) {
        EXPECT(terms_compare(before, before_size, c.term, c.term_size) < 0);
        memcpy(before, c.term, c.term_size);
        before_size = c.term_size;
    }
    EXPECT(status == OIR_OK || status == OIR_CORRUPT);
    EXPECT(c.at_end);
    (void)terms_cursor_seek_ordinal(&c, count / 2, &err);
    expect_safe_skips(t, model, count);
    status = terms_check(t, &err);
    EXPECT(status == OIR_OK || status == OIR_CORRUPT);
}

/* The dictionary's own safety: its bytes are damaged, and written with checksums that fit. */
static void damaged_bytes_are_safe(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    oir_error err;
    uint32_t count = 200, refused = 0;
    container *file;
    model_term *model = make_model(&count);
    scratch_path(path, folder, "terms");
    write_model(path, model, count);
    REQUIRE_OK(container_open(&file, path, &err), err);
    damage *d = damage_new(file);
    container_close(file);
    for (uint32_t round = 0; round < 3000; round++) {
        terms t;
        REQUIRE(damage_make(d, PART_TERMS, harness_random));
        file = damage_open(d);
        if (terms_open(&t, file, &err) == OIR_OK)
            expect_safe(&t, model, count);
        else
            refused++;
        container_close(file);
        damage_undo(d);
    }
    damage_free(d);
    EXPECT(refused > 0);
    free(model);
    scratch_close(folder);
}

/* ---- so many terms that parts of the index are in a file meanwhile, if there can be one ---- */

enum { VERY_MANY = 1400000 };

static size_t spell_number(uint32_t number, char out[8])
{
    for (uint32_t i = 0; i < 7; i++)
        out[i] = (char)('0' + number / (uint32_t[]){1000000, 100000, 10000, 1000, 100, 10, 1}[i] % 10);
    return 7;
}

static uint32_t write_very_many(const char *path)
{
    oir_error err;
    container_writer *file;
    terms_writer *w;
    char term[8];
    static const uint8_t inlined[2] = {3, 0};
    REQUIRE_OK(container_writer_open(&file, path, &err), err);
    REQUIRE_OK(terms_writer_new(&w, file, &err), err);
    for (uint32_t i = 0; i < VERY_MANY; i++) {
        const term_entry e = {.ordinal = i, .termfreq = 1, .collection_freq = 1 + i % 3, .wdf_max = 1 + i % 3,
                              .inlined = inlined, .inlined_size = sizeof inlined};
        REQUIRE_OK(terms_writer_add(w, term, spell_number(i, term), &e, false, &err), err);
    }
    REQUIRE_OK(terms_writer_end(w, &err), err);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
    terms_writer_free(w);
    uint32_t sum = 0;
    FILE *read = fopen(path, "rb");
    REQUIRE(read);
    static uint8_t bytes[1 << 16];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, read)) > 0;)
        sum = crc32c_add(sum, bytes, n);
    fclose(read);
    return sum;
}

static void very_many_terms(void)
{
    if (harness_is_slow()) /* takes too long under valgrind */
        return;
    char *folder = scratch_open(), path[SCRATCH_PATH], kept[400];
    oir_error err;
    terms t;
    container *file;
    const char *before = getenv("TMPDIR");
    snprintf(kept, sizeof kept, "%s", before ? before : "");
    scratch_path(path, folder, "many");
    uint32_t sum = write_very_many(path);
    REQUIRE_OK(container_open(&file, path, &err), err);
    REQUIRE_OK(terms_open(&t, file, &err), err);
    EXPECT_EQ(t.term_count, VERY_MANY);
    for (uint32_t i = 0; i < VERY_MANY; i += 997) {
        char term[8];
        term_entry entry;
        bool found;
        REQUIRE_OK(terms_find(&t, term, spell_number(i, term), &entry, &found, &err), err);
        EXPECT(found && entry.ordinal == i && entry.collection_freq == 1 + i % 3);
    }
    container_close(file);
    unlink(path);
    REQUIRE(setenv("TMPDIR", "/nowhere/at/all", 1) == 0);
    EXPECT_EQ(write_very_many(path), sum);
    unlink(path);
    if (*kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    scratch_close(folder);
}

int main(void)
{
    harness_seed(1);
    TEST(dictionaries_of_all_sizes);
    TEST(no_term_is_empty_or_too_long);
    TEST(damaged_bytes_are_safe);
    TEST(very_many_terms);
    return harness_end();
}
