#include <oir/writable_database.h>

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "catalog/catalog_path.h"
#include "indexer/writer.h"

enum { MEMORY_MIN = 4 << 20, SETTING_NAME_MAX = 64, SETTING_VALUE_MAX = 64 << 10 };

/* Of the memory for each thread: a vocabulary, a table of words, room to sort, a part of the search for pairs. */
enum { MEMORY_THREAD = 32 << 20 };

/* Merges beside the writer: not where each half of the memory would be little, nor of what is merged in no time. */
enum { BACKGROUND_MEMORY = 128 << 20, BACKGROUND_BYTES = 4 << 20 };

/* ---- opening ---- */

static oir_status check_options(const oir_writer_options *given, oir_writer_options *out, oir_error *err)
{
    *out = (oir_writer_options)OIR_WRITER_OPTIONS_INIT;
    if (given) {
        /* A program built against an older header gives fewer fields; the rest keep their defaults. */
        if (given->struct_size == 0 || given->struct_size > sizeof *out)
            return error_set(err, OIR_INVALID_ARGUMENT, "start oir_writer_options from OIR_WRITER_OPTIONS_INIT");
        memcpy(out, given, given->struct_size);
    }
    if ((unsigned)out->mode > OIR_CREATE_OR_OVERWRITE)
        return error_set(err, OIR_INVALID_ARGUMENT, "there is no open mode %d", (int)out->mode);
    if (out->memory_limit < MEMORY_MIN)
        return error_set(err, OIR_INVALID_ARGUMENT, "the memory limit is %zu bytes; at least 4 MiB are needed",
                         out->memory_limit);
    if (!isfinite(out->bound_k1) || out->bound_k1 <= 0 || !(out->bound_b >= 0 && out->bound_b <= 1))
        return error_set(err, OIR_INVALID_ARGUMENT, "bounds need k1 above 0 and b from 0 to 1");
    if ((unsigned)out->reorder > OIR_REORDER_FULL)
        return error_set(err, OIR_INVALID_ARGUMENT, "there is no reordering %d", (int)out->reorder);
    if (out->threads == 0 || out->threads > OIR_WRITER_THREADS_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "%u threads were asked for; 1 to %d are allowed", out->threads,
                         OIR_WRITER_THREADS_MAX);
    if (isnan(out->lock_wait))
        return error_set(err, OIR_INVALID_ARGUMENT, "lock_wait is not a number");
    return OIR_OK;
}

/* The commit that is there, into w->committed; *found says whether there is one. One that cannot be read is as good as
 * any to be overwritten: w->committed stays empty then. */
static oir_status read_committed(oir_writable_database *w, oir_open_mode mode, bool *found, oir_error *err)
{
    oir_status status = catalog_read(w->path, &w->committed, err);
    bool unreadable = status == OIR_CORRUPT || status == OIR_VERSION;
    *found = status == OIR_OK || unreadable;
    if (status)
        generation_init(&w->committed);
    return status == OIR_NOT_FOUND || (unreadable && mode == OIR_CREATE_OR_OVERWRITE) ? OIR_OK : status;
}

/* What the index is like when it is made or emptied. Where the last commit cannot be read, the files' names say which
 * numbers are taken: readers may have those files open, and they stay until the first commit. */
static oir_status make_fresh(oir_writable_database *w, const oir_writer_options *options, bool found, oir_error *err)
{
    uint64_t revision = w->committed.revision, segments = w->committed.next_segment;
    if (found && !revision) {
        ERROR_FORWARD(catalog_path_highest(w->path, CATALOG_PATH_GENERATION, &revision, err));
        ERROR_FORWARD(catalog_path_highest(w->path, CATALOG_PATH_SEGMENT, &segments, err));
        segments++;
    }
    w->fresh = (generation){
        .revision = revision,
        .next_segment = found ? segments : 1,
        .bound_k1 = options->bound_k1,
        .bound_b = options->bound_b,
        .term_lists = !options->no_term_lists,
        .stored = !options->no_stored_data,
    };
    return OIR_OK;
}

static oir_status open_locked(oir_writable_database *w, const oir_writer_options *options, oir_error *err)
{
    bool found;
    ERROR_FORWARD(read_committed(w, options->mode, &found, err));
    if (found && options->mode == OIR_CREATE)
        return error_set(err, OIR_EXISTS, "there is an index in %s already", w->path);
    if (!found && options->mode == OIR_OPEN)
        return error_set(err, OIR_NOT_FOUND, "there is no index in %s", w->path);
    /* Left by a writer that was killed. */
    catalog_clean(w->lock, &w->committed);
    ERROR_FORWARD(make_fresh(w, options, found, err));
    w->emptying = !found || options->mode == OIR_CREATE_OR_OVERWRITE;
    ERROR_FORWARD(writer_load(w, err));
    w->overdue = w->segment_count > 0 && writer_merge_is_due(w);
    /* From now on there is an index to be opened by readers. */
    return found ? OIR_OK : writer_commit(w, err);
}

static oir_status open_writer(oir_writable_database *w, const char *path, const oir_writer_options *options,
                              oir_error *err)
{
    w->path = memory_copy(path, strlen(path));
    if (!w->path)
        return error_no_memory(err, "a writer");
    /* Taking the lock makes the folder, which is too much where nothing is to be made. */
    if (options->mode == OIR_OPEN) {
        generation there;
        ERROR_FORWARD(catalog_read(path, &there, err));
        generation_release(&there);
    }
    ERROR_FORWARD(catalog_lock_open(&w->lock, path, options->lock_wait, err));
    return open_locked(w, options, err);
}

/* More threads than there is memory for would only fill it, and have the buffer written out all the time. */
static uint32_t choose_threads(const oir_writer_options *options)
{
    size_t most = options->memory_limit / MEMORY_THREAD;
    return options->threads < most ? options->threads : most ? (uint32_t)most : 1;
}

oir_status oir_writable_database_open(oir_writable_database **out, const char *path, const oir_writer_options *options,
                                      oir_error *err)
{
    oir_writer_options chosen;
    *out = NULL;
    ERROR_FORWARD(check_options(options, &chosen, err));
    oir_writable_database *w = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "a writer");
    fork_mark_init(&w->mark);
    w->memory_limit = chosen.memory_limit;
    w->sync = !chosen.no_sync;
    w->pairs = !chosen.no_pairs;
    w->reorder = chosen.reorder;
    w->threads = choose_threads(&chosen);
    bool apart = w->threads > 1 && chosen.memory_limit >= BACKGROUND_MEMORY;
    w->background_least = apart ? BACKGROUND_BYTES : UINT64_MAX;
    w->progress = (progress){chosen.progress, chosen.progress_context};
    oir_status status = OIR_OK;
    if (w->threads > 1) {
        w->team = team_new(w->threads - 1);
        status = w->team ? OIR_OK : error_no_memory(err, "the threads of a writer");
    }
    if (status == OIR_OK)
        status = open_writer(w, path, &chosen, err);
    if (status)
        oir_writable_database_close(w);
    else
        *out = w;
    return status;
}

void oir_writable_database_close(oir_writable_database *w)
{
    if (!w)
        return;
    /* In a forked child there is no thread, and what it was at is in pieces. */
    if (fork_mark_is_owner(&w->mark))
        writer_background_cancel(w);
    writer_release_state(w);
    if (w->lock)
        catalog_clean(w->lock, &w->committed);
    catalog_lock_close(w->lock);
    generation_release(&w->committed);
    generation_release(&w->fresh);
    termlists_release(&w->term_list);
    postings_list_release(&w->postings);
    fork_mark_release(&w->mark);
    writer_release_threads(w);
    memory_free(w->path);
    memory_free(w);
}

/* ---- changing ---- */

/* What a change ends with: one that failed may be half done, so that only going back is safe. */
static oir_status ended(oir_writable_database *w, oir_status status)
{
    w->failed |= status != OIR_OK;
    return status;
}

static oir_status next_docid(const oir_writable_database *w, oir_docid *docid, oir_error *err)
{
    if (w->state.last_docid == UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "%s has used all 2^32 - 1 docids", w->path);
    *docid = w->state.last_docid + 1;
    return OIR_OK;
}

static oir_status check_term(size_t size, oir_error *err)
{
    if (size == 0 || size > OIR_TERM_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "a term has %zu bytes; 1 to %d are allowed", size, OIR_TERM_MAX);
    return OIR_OK;
}

oir_status oir_writable_database_add_document(oir_writable_database *w, const oir_document *document,
                                              oir_docid *docid, oir_error *err)
{
    oir_docid next = 0;
    ERROR_FORWARD(writer_check(w, err));
    ERROR_FORWARD(next_docid(w, &next, err));
    ERROR_FORWARD(document_complete(document, err));
    ERROR_FORWARD(ended(w, writer_add(w, next, document, err)));
    if (docid)
        *docid = next;
    return OIR_OK;
}

oir_status oir_writable_database_add_documents(oir_writable_database *w, size_t count, oir_fill_document fill,
                                               void *context, oir_docid *first, oir_error *err)
{
    oir_docid next = w->state.last_docid + 1;
    ERROR_FORWARD(writer_check(w, err));
    if (count > UINT32_MAX - w->state.last_docid)
        return error_set(err, OIR_TOO_BIG, "%s has not so many docids left of 2^32 - 1", w->path);
    ERROR_FORWARD(ended(w, writer_add_many(w, next, count, fill, context, err)));
    if (first)
        *first = next;
    return OIR_OK;
}

static oir_status replace(oir_writable_database *w, oir_docid docid, const oir_document *document, oir_error *err)
{
    bool found;
    if (docid <= w->state.last_docid)
        ERROR_FORWARD(writer_delete(w, docid, &found, err));
    return writer_add(w, docid, document, err);
}

oir_status oir_writable_database_replace_document(oir_writable_database *w, oir_docid docid,
                                                  const oir_document *document, oir_error *err)
{
    ERROR_FORWARD(writer_check(w, err));
    if (docid == 0)
        return error_set(err, OIR_INVALID_ARGUMENT, "docid 0 is no document");
    /* Read before anything is deleted: it may come from this very index, or not be readable. */
    ERROR_FORWARD(document_complete(document, err));
    return ended(w, replace(w, docid, document, err));
}

oir_status oir_writable_database_replace_document_by_term(oir_writable_database *w, const char *term, size_t size,
                                                          const oir_document *document, oir_docid *docid,
                                                          oir_error *err)
{
    oir_docid chosen = 0;
    oir_doccount count;
    ERROR_FORWARD(writer_check(w, err));
    ERROR_FORWARD(check_term(size, err));
    ERROR_FORWARD(document_complete(document, err));
    ERROR_FORWARD(ended(w, writer_delete_by_term(w, term, size, &count, &chosen, err)));
    if (count == 0)
        ERROR_FORWARD(next_docid(w, &chosen, err));
    ERROR_FORWARD(ended(w, writer_add(w, chosen, document, err)));
    if (docid)
        *docid = chosen;
    return OIR_OK;
}

oir_status oir_writable_database_delete_document(oir_writable_database *w, oir_docid docid, oir_error *err)
{
    bool found;
    ERROR_FORWARD(writer_check(w, err));
    ERROR_FORWARD(ended(w, writer_delete(w, docid, &found, err)));
    return found ? OIR_OK : error_set(err, OIR_NOT_FOUND, "there is no document %u in %s", docid, w->path);
}

oir_status oir_writable_database_delete_document_by_term(oir_writable_database *w, const char *term, size_t size,
                                                         oir_doccount *deleted, oir_error *err)
{
    oir_docid lowest;
    oir_doccount count;
    ERROR_FORWARD(writer_check(w, err));
    ERROR_FORWARD(check_term(size, err));
    ERROR_FORWARD(ended(w, writer_delete_by_term(w, term, size, &count, &lowest, err)));
    if (deleted)
        *deleted = count;
    return OIR_OK;
}

/* ---- settings ---- */

static bool is_setting_name(const char *name)
{
    size_t size = strlen(name);
    return size > 0 && size <= SETTING_NAME_MAX &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == size;
}

/* Where a setting is, or belongs. */
static size_t find_setting(const generation *g, const char *name, bool *found)
{
    size_t at = 0;
    int order = 1;
    while (at < g->setting_count && (order = strcmp(g->settings[at].name, name)) < 0)
        at++;
    *found = at < g->setting_count && order == 0;
    return at;
}

static void remove_setting(generation *g, size_t at)
{
    memory_free(g->settings[at].name);
    memory_free(g->settings[at].value);
    memmove(g->settings + at, g->settings + at + 1, (--g->setting_count - at) * sizeof *g->settings);
}

static oir_status insert_setting(generation *g, size_t at, const char *name, char *value, size_t size, oir_error *err)
{
    char *copy = memory_copy(name, strlen(name));
    catalog_setting *grown = copy ? memory_resize(g->settings, (g->setting_count + 1) * sizeof *grown) : NULL;
    if (!grown) {
        memory_free(copy);
        return error_no_memory(err, "a setting");
    }
    g->settings = grown;
    memmove(grown + at + 1, grown + at, (g->setting_count++ - at) * sizeof *grown);
    grown[at] = (catalog_setting){copy, value, size};
    return OIR_OK;
}

oir_status oir_writable_database_set_setting(oir_writable_database *w, const char *name, const char *value,
                                             size_t size, oir_error *err)
{
    bool found;
    oir_status status = OIR_OK;
    ERROR_FORWARD(writer_check(w, err));
    if (!is_setting_name(name))
        return error_set(err, OIR_INVALID_ARGUMENT,
                         "a setting's name is 1 to 64 letters, digits, hyphens, underscores and points");
    if (size > SETTING_VALUE_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "setting %s has %zu bytes; at most 64 KiB are allowed", name, size);
    size_t at = find_setting(&w->state, name, &found);
    if (size == 0) {
        if (found)
            remove_setting(&w->state, at);
        w->changed |= found;
        return OIR_OK;
    }
    char *copy = memory_copy(value, size);
    if (!copy)
        return error_no_memory(err, "a setting");
    if (found) {
        catalog_setting *setting = &w->state.settings[at];
        memory_free(setting->value);
        setting->value = copy;
        setting->size = size;
    } else {
        status = insert_setting(&w->state, at, name, copy, size, err);
        if (status)
            memory_free(copy);
    }
    w->changed |= status == OIR_OK;
    return status;
}

oir_bytes oir_writable_database_get_setting(const oir_writable_database *w, const char *name)
{
    bool found;
    size_t at = find_setting(&w->state, name, &found);
    return found ? (oir_bytes){w->state.settings[at].value, w->state.settings[at].size} : (oir_bytes){"", 0};
}

/* ---- committing ---- */

static oir_status commit(oir_writable_database *w, bool beside, oir_error *err)
{
    ERROR_FORWARD(writer_flush(w, false, err));
    if (!beside)
        ERROR_FORWARD(writer_background_collect(w, true, err));
    ERROR_FORWARD(writer_merge(w, beside, err));
    return w->changed ? writer_commit(w, err) : OIR_OK;
}

oir_status oir_writable_database_commit(oir_writable_database *w, oir_error *err)
{
    ERROR_FORWARD(writer_check(w, err));
    ERROR_FORWARD(writer_background_report(w, err));
    return w->changed ? commit(w, true, err) : OIR_OK;
}

oir_status oir_writable_database_settle(oir_writable_database *w, oir_error *err)
{
    ERROR_FORWARD(writer_check(w, err));
    ERROR_FORWARD(writer_background_report(w, err));
    return commit(w, false, err);
}

oir_status oir_writable_database_optimise(oir_writable_database *w, oir_error *err)
{
    ERROR_FORWARD(writer_check(w, err));
    /* All is merged anew; what failed before fails again, if it must. */
    writer_background_cancel(w);
    ERROR_FORWARD(writer_flush(w, writer_flush_lasts(w), err));
    ERROR_FORWARD(writer_merge_all(w, err));
    return w->changed ? writer_commit(w, err) : OIR_OK;
}

oir_status oir_writable_database_rollback(oir_writable_database *w, oir_error *err)
{
    w->failed = false;
    ERROR_FORWARD(ended(w, writer_check(w, err)));
    w->background_status = OIR_OK;
    ERROR_FORWARD(writer_load(w, err));
    writer_background_check(w);
    catalog_clean(w->lock, &w->committed);
    return OIR_OK;
}

/* ---- looking ---- */

oir_doccount oir_writable_database_get_doccount(const oir_writable_database *w)
{
    oir_doccount count = inverters_get_live_count(&w->buffer);
    for (size_t i = 0; i < w->segment_count; i++) {
        const catalog_segment *c = &w->segments[i].deletions.catalog;
        count += c->document_count - c->deleted_count;
    }
    return count;
}

oir_docid oir_writable_database_get_lastdocid(const oir_writable_database *w)
{
    return w->state.last_docid;
}

oir_status oir_writable_database_has_term(oir_writable_database *w, const char *term, size_t size, bool *out,
                                          oir_error *err)
{
    *out = false;
    ERROR_FORWARD(writer_check(w, err));
    ERROR_FORWARD(check_term(size, err));
    return writer_has_term(w, term, size, out, err);
}
