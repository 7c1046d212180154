#include "indexer/program/index_removal.h"

#include <string.h>

#include "program/program_record.h"

/* Whether `path` is `folder` or below it; "" is the folder that kept paths start from, "/" that of all. */
static bool is_within(const char *folder, const char *path)
{
    size_t size = strlen(folder);
    if (size == 0)
        return path[0] != '/';
    return strncmp(folder, path, size) == 0 &&
           (path[size] == '\0' || path[size] == '/' || folder[size - 1] == '/');
}

static bool is_within_any(const index_paths *paths, const char *path)
{
    for (const char *p = NULL; (p = index_run_next_path(paths, p)) != NULL;)
        if (is_within(p, path))
            return true;
    return false;
}

static oir_status remove_document(index_run *run, oir_docid docid)
{
    oir_status status = oir_writable_database_delete_document(run->writer, docid, &run->err);
    if (status == OIR_NOT_FOUND)
        return OIR_OK; /* a document of the same name took its place */
    run->counts.removed += status == OIR_OK;
    return status;
}

/* Deletes the documents with a term that this run has not met. */
static oir_status remove_unseen(index_run *run, const char *term, size_t size)
{
    oir_posting_iterator *postings = NULL;
    bool found;
    oir_status status = oir_database_get_postings(run->known.database, term, size, &postings, &run->err);
    while (status == OIR_OK && (status = oir_posting_iterator_next(postings, &found, &run->err)) == OIR_OK && found) {
        oir_docid docid = oir_posting_iterator_get_docid(postings);
        if (!index_known_is_seen(&run->known, docid))
            status = remove_document(run, docid);
    }
    oir_posting_iterator_free(postings);
    return status;
}

static oir_status remove_file(index_run *run, const char *root, oir_docid docid, const program_record *record)
{
    oir_status status = OIR_OK;
    program_buffer path = {0};
    program_record_add_path(&path, record);
    if (is_within(root, path.data) && !is_within_any(&run->unreadable, path.data)) {
        index_run_tell(run, path.data, "removed");
        status = remove_document(run, docid);
    }
    program_buffer_release(&path);
    return status;
}

/* A document of a file, by its term: deleted when the file lies in the folder `root` and was not met. */
static oir_status remove_if_vanished(index_run *run, const char *root, oir_bytes term)
{
    oir_docid docid = 0;
    oir_document *document = NULL;
    oir_bytes bytes = {NULL, 0};
    program_record record = {0};
    oir_status status = index_known_find(&run->known, term.data, term.size, &docid, &run->err);
    if (status != OIR_OK || docid == 0 || index_known_is_seen(&run->known, docid))
        return status;
    status = oir_database_get_document(run->known.database, docid, &document, &run->err);
    if (status == OIR_OK)
        status = oir_document_get_value(document, PROGRAM_RECORD_SLOT_SIZE, &bytes, &run->err);
    bool has_file = bytes.size > 0;
    if (status == OIR_OK && has_file)
        status = oir_document_get_data(document, &bytes, &run->err);
    if (status == OIR_OK && has_file) {
        program_record_read(&record, bytes);
        if (record.id.data == NULL && record.path.data != NULL)
            status = remove_file(run, root, docid, &record);
    }
    program_record_release(&record);
    oir_document_free(document);
    return status;
}

/* A JSON Lines file, by its term: was it met in this run? */
static oir_status remove_source_if_vanished(index_run *run, const char *root, oir_bytes term)
{
    program_buffer path = {0};
    oir_status status = OIR_OK;
    program_buffer_add(&path, term.data + 1, term.size - 1);
    if (term.size < OIR_TERM_MAX && is_within(root, path.data) && !is_within_any(&run->unreadable, path.data))
        status = remove_unseen(run, term.data, term.size);
    program_buffer_release(&path);
    return status;
}

static oir_status remove_vanished_by(index_run *run, const char *root, char prefix,
                                     oir_status (*remove)(index_run *, const char *, oir_bytes))
{
    oir_term_iterator *terms = NULL;
    program_buffer start = {0};
    bool found;
    size_t size = strlen(root);
    size = size < program_record_name_kept() ? size : program_record_name_kept();
    program_buffer_add_char(&start, prefix);
    program_buffer_add(&start, root, size);
    oir_status status = oir_database_get_terms(run->known.database, start.data, &terms, &run->err);
    while (status == OIR_OK && (status = oir_term_iterator_next(terms, &found, &run->err)) == OIR_OK && found) {
        status = run->keep_going() ? remove(run, root, oir_term_iterator_get_term(terms)) : OIR_CANCELLED;
    }
    oir_term_iterator_free(terms);
    program_buffer_release(&start);
    return status;
}

static oir_status remove_from_changed(index_run *run)
{
    program_buffer term = {0};
    oir_status status = OIR_OK;
    for (const char *p = NULL; status == OIR_OK && (p = index_run_next_path(&run->changed, p)) != NULL;) {
        program_record_set_term(&term, PROGRAM_RECORD_SOURCE, p, strlen(p));
        if (!is_within_any(&run->unreadable, p))
            status = remove_unseen(run, term.data, term.size);
    }
    program_buffer_release(&term);
    return status;
}

oir_status index_removal_run(index_run *run)
{
    if (run->known.database == NULL || run->options->keep_vanished)
        return OIR_OK;
    oir_status status = remove_from_changed(run);
    for (const char *p = NULL; status == OIR_OK && (p = index_run_next_path(&run->roots, p)) != NULL;) {
        status = remove_vanished_by(run, p, PROGRAM_RECORD_ID, remove_if_vanished);
        if (status == OIR_OK)
            status = remove_vanished_by(run, p, PROGRAM_RECORD_SOURCE, remove_source_if_vanished);
    }
    return status;
}
