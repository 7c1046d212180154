/* Random generations, and folders to put them in. */
#ifndef TESTS_CATALOG_CATALOG_SAMPLES_H
#define TESTS_CATALOG_CATALOG_SAMPLES_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "catalog/catalog.h"
#include "harness.h"

/* A new folder of our own; freed with memory_free after samples_remove. */
static inline char *samples_folder(void)
{
    const char *base = getenv("TMPDIR");
    char *path = file_join(base && *base ? base : "/tmp", "oir-catalog-XXXXXX");
    REQUIRE(path && mkdtemp(path));
    return path;
}

/* Removes a folder of files, and the files. */
static inline void samples_remove(const char *folder)
{
    DIR *d = opendir(folder);
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d));)
        unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    rmdir(folder);
}

static inline size_t samples_count_files(const char *folder)
{
    size_t count = 0;
    DIR *d = opendir(folder);
    REQUIRE(d);
    for (struct dirent *e; (e = readdir(d));)
        count += e->d_name[0] != '.';
    closedir(d);
    return count;
}

static inline bool samples_has(const char *folder, const char *name)
{
    char *path = file_join(folder, name);
    bool has = file_exists(path);
    memory_free(path);
    return has;
}

static inline void samples_write(const char *folder, const char *name, const void *bytes, size_t size)
{
    oir_error err;
    char *path = file_join(folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    REQUIRE(fd >= 0);
    REQUIRE_OK(file_write(fd, bytes, size, path, &err), err);
    close(fd);
    memory_free(path);
}

static inline void samples_delete_some(catalog_segment *s)
{
    size_t words = ((size_t)s->document_count + 63) / 64;
    s->deleted = memory_new_zeroed(words, sizeof *s->deleted);
    REQUIRE(s->deleted);
    for (uint32_t i = 0, n = 1 + harness_below(s->document_count); i < n; i++) {
        uint32_t local = harness_below(s->document_count);
        s->deleted_count += !(s->deleted[local / 64] >> (local % 64) & 1);
        s->deleted[local / 64] |= UINT64_C(1) << (local % 64);
    }
    s->deleted_length = harness_random() % (s->total_length + 1);
}

static inline void samples_correct_some(catalog_segment *s, uint32_t count)
{
    if (!count)
        return;
    s->corrections = memory_new_zeroed(count, sizeof *s->corrections);
    REQUIRE(s->corrections);
    s->correction_count = count;
    uint32_t ordinal = harness_below(5), step = UINT32_MAX / count / 2;
    for (uint32_t i = 0; i < count; i++) {
        s->corrections[i].ordinal = ordinal;
        s->corrections[i].termfreq = 1 + harness_below(s->deleted_count);
        s->corrections[i].collection_freq = harness_random() % (s->deleted_length + 1);
        ordinal += 1 + harness_below(harness_below(2) ? 3 : step);
    }
}

static inline void samples_settings(generation *g, size_t count)
{
    if (!count)
        return;
    g->settings = memory_new_zeroed(count, sizeof *g->settings);
    REQUIRE(g->settings);
    for (size_t i = 0; i < count; i++) {
        char name[32], value[100];
        catalog_setting *s = &g->settings[g->setting_count++];
        snprintf(name, sizeof name, "%03zu%s", i, harness_below(2) ? " of any name \xff" : "");
        s->size = harness_below(sizeof value);
        for (size_t j = 0; j < s->size; j++)
            value[j] = (char)harness_random();
        s->name = memory_copy(name, strlen(name));
        s->value = memory_copy(value, s->size);
        REQUIRE(s->name && s->value);
    }
}

/* A generation with up to `segments_max` segments of up to `documents_max` documents; revision 0 and no uuid. */
static inline void samples_generation(generation *g, uint32_t segments_max, uint32_t documents_max)
{
    generation_init(g);
    uint32_t count = harness_below(segments_max + 1);
    g->bound_k1 = harness_below(300) / 100.0;
    g->bound_b = harness_below(101) / 100.0;
    g->term_lists = harness_below(2);
    g->stored = harness_below(2);
    g->segments = memory_new_zeroed(count, sizeof *g->segments);
    uint64_t documents = 0;
    for (; g->segment_count < count; g->segment_count++) {
        catalog_segment *s = &g->segments[g->segment_count];
        g->next_segment += harness_below(3);
        s->number = g->next_segment++;
        s->document_count = harness_below(documents_max + 1);
        s->total_length = harness_random() >> harness_below(64);
        s->bytes = harness_random() >> harness_below(64);
        documents += s->document_count;
        if (s->document_count && harness_below(2)) {
            samples_delete_some(s);
            samples_correct_some(s, harness_below(20));
        }
    }
    g->last_docid = (oir_docid)documents + harness_below(1000);
    samples_settings(g, harness_below(6));
}

static inline bool samples_equal_segments(const catalog_segment *a, const catalog_segment *b)
{
    size_t bitmap = ((size_t)a->document_count + 63) / 64 * sizeof *a->deleted;
    if (a->number != b->number || a->document_count != b->document_count || a->total_length != b->total_length ||
        a->bytes != b->bytes || a->deleted_count != b->deleted_count || a->deleted_length != b->deleted_length ||
        a->correction_count != b->correction_count || !a->deleted != !b->deleted)
        return false;
    if (a->deleted && memcmp(a->deleted, b->deleted, bitmap) != 0)
        return false;
    for (uint32_t i = 0; i < a->correction_count; i++) {
        const term_correction *x = &a->corrections[i], *y = &b->corrections[i];
        if (x->ordinal != y->ordinal || x->termfreq != y->termfreq || x->collection_freq != y->collection_freq)
            return false;
    }
    return true;
}

static inline bool samples_equal(const generation *a, const generation *b)
{
    if (a->revision != b->revision || strcmp(a->uuid, b->uuid) != 0 || a->last_docid != b->last_docid ||
        a->next_segment != b->next_segment || a->bound_k1 != b->bound_k1 || a->bound_b != b->bound_b ||
        a->term_lists != b->term_lists || a->stored != b->stored || a->segment_count != b->segment_count ||
        a->setting_count != b->setting_count)
        return false;
    for (size_t i = 0; i < a->segment_count; i++)
        if (!samples_equal_segments(&a->segments[i], &b->segments[i]))
            return false;
    for (size_t i = 0; i < a->setting_count; i++) {
        const catalog_setting *x = &a->settings[i], *y = &b->settings[i];
        if (strcmp(x->name, y->name) != 0 || x->size != y->size || memcmp(x->value, y->value, x->size) != 0)
            return false;
    }
    return true;
}

#endif
