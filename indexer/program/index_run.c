#include "indexer/program/index_run.h"

#include <string.h>

#include "indexer/program/index_date.h"
#include "program/program_json.h"
#include "program/program_message.h"
#include "program/program_place.h"
#include "program/program_record.h"
#include "program/program_text.h"

enum {
    GAP = 100,
    STAGED = 1 << 20 /* bytes of data that are put together before the document gets them */
};

/* The index's own language wins; a new index gets the one asked for. */
static oir_status choose_stemmer(index_run *run)
{
    const char *wanted = run->options->stemmer != NULL ? run->options->stemmer : "english";
    char kept[64] = "";
    oir_stemmer *stemmer = NULL;
    oir_status status = oir_stemmer_new(&stemmer, wanted, &run->err);
    if (status != OIR_OK)
        return status;
    wanted = oir_stemmer_language(stemmer);
    oir_bytes setting = oir_writable_database_get_setting(run->writer, PROGRAM_RECORD_STEMMER);
    if (setting.size > 0 && setting.size < sizeof(kept))
        memcpy(kept, setting.data, setting.size);
    if (kept[0] == '\0')
        status = oir_writable_database_set_setting(run->writer, PROGRAM_RECORD_STEMMER, wanted, strlen(wanted),
                                                   &run->err);
    else if (run->options->stemmer != NULL && strcmp(kept, wanted) != 0)
        program_message("the index is stemmed in %s and stays so; --stem %s takes --overwrite", kept, wanted);
    if (status == OIR_OK)
        status = oir_term_generator_set_stemmer(run->generator, kept[0] != '\0' ? kept : wanted, &run->err);
    oir_stemmer_free(stemmer);
    return status;
}

static bool report_progress(const char *what, uint64_t done, uint64_t total, void *context)
{
    index_run *run = context;
    index_progress_show_step(&run->progress, what, done, total);
    return run->keep_going();
}

/* A language that there is not should not leave an empty index behind. */
static oir_status check_language(index_run *run)
{
    oir_stemmer *stemmer = NULL;
    oir_status status = OIR_OK;
    if (run->options->stemmer != NULL)
        status = oir_stemmer_new(&stemmer, run->options->stemmer, &run->err);
    oir_stemmer_free(stemmer);
    return status;
}

oir_status index_run_open(index_run *run, const char *index)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.memory_limit = (size_t)run->options->memory;
    options.mode = run->options->overwrite ? OIR_CREATE_OR_OVERWRITE : OIR_CREATE_OR_OPEN;
    options.lock_wait = run->options->wait;
    options.no_pairs = run->options->no_pairs;
    options.reorder = run->options->reorder;
    options.progress = report_progress;
    options.progress_context = run;
    oir_status status = check_language(run);
    if (status == OIR_OK)
        status = oir_writable_database_open(&run->writer, index, &options, &run->err);
    if (status == OIR_OK && !run->options->overwrite)
        status = index_known_open(&run->known, index, &run->err);
    if (status == OIR_OK)
        status = oir_term_generator_new(&run->generator, &run->err);
    if (status == OIR_OK)
        status = oir_document_new(&run->document, &run->err);
    if (status == OIR_OK)
        status = choose_stemmer(run);
    if (status != OIR_OK)
        return status;
    program_place_base(&run->base, index);
    if (stat(index, &run->folder) != 0)
        memset(&run->folder, 0, sizeof(run->folder));
    return OIR_OK;
}

void index_run_close(index_run *run)
{
    oir_document_free(run->document);
    oir_term_generator_free(run->generator);
    index_known_close(&run->known);
    oir_writable_database_close(run->writer);
    program_buffer *const buffers[] = {&run->base, &run->roots, &run->unreadable, &run->changed, &run->term,
                                       &run->data, &run->shown, &run->text};
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        program_buffer_release(buffers[i]);
    index_pieces_release(&run->pieces);
}

static void add_name(program_buffer *data, const index_item *item)
{
    program_buffer utf8 = {0};
    program_text_add_utf8(&utf8, item->name.data, item->name.size);
    program_json_add_member(data, item->is_path ? "path" : "id", utf8.data, utf8.size);
    if (item->is_path && !program_text_is_utf8(item->name.data, item->name.size)) {
        program_buffer_clear(&utf8);
        program_text_add_latin1(&utf8, item->name.data, item->name.size);
        program_json_add_member(data, PROGRAM_RECORD_PATH_BYTES, utf8.data, utf8.size);
    }
    program_buffer_release(&utf8);
}

/* What stands before the text in the data. */
static void make_head(program_buffer *data, const index_item *item)
{
    program_buffer_clear(data);
    program_buffer_add_char(data, '{');
    if (item->name.size > 0)
        add_name(data, item);
    if (item->title.size > 0)
        program_json_add_member(data, "title", item->title.data, item->title.size);
    if (item->date.size > 0)
        program_json_add_member(data, "date", item->date.data, item->date.size);
    if (item->members.size > 0) {
        if (data->size > 1)
            program_buffer_add_char(data, ',');
        program_buffer_add(data, item->members.data, item->members.size);
    }
    program_json_add_name(data, "text", 4);
    program_buffer_add_char(data, '"');
}

static oir_status flush_data(index_run *run)
{
    oir_status status = oir_document_add_data(run->document, run->data.data, run->data.size, &run->err);
    program_buffer_clear(&run->data);
    return status;
}

/* Some of the text as it stands in the data. */
static oir_status add_data(index_run *run, oir_bytes text)
{
    oir_status status = OIR_OK;
    for (size_t at = 0, size; at < text.size && status == OIR_OK; at += size) {
        size = text.size - at < STAGED / 4 ? text.size - at : STAGED / 4;
        program_json_add_escaped(&run->data, text.data + at, size);
        if (run->data.size >= STAGED)
            status = flush_data(run);
    }
    return status;
}

static oir_status add_text(index_run *run, oir_bytes text, const char *prefix)
{
    if (text.size == 0)
        return OIR_OK;
    oir_status status = oir_term_generator_index_text(run->generator, text.data, text.size, 1, prefix, &run->err);
    if (status == OIR_OK)
        oir_term_generator_increase_termpos(run->generator, GAP);
    return status;
}

static oir_status add_piece(index_run *run, oir_bytes text)
{
    oir_status status = OIR_OK;
    if (text.size > 0)
        status = oir_term_generator_index_text(run->generator, text.data, text.size, 1, "", &run->err);
    return status == OIR_OK ? add_data(run, text) : status;
}

/* The text, as words and as data, of which the document gets what there is. */
static oir_status add_pieces(index_run *run, const index_item *item)
{
    oir_bytes piece;
    make_head(&run->data, item);
    oir_status status = add_piece(run, item->text);
    while (status == OIR_OK && item->pieces != NULL && index_pieces_next(item->pieces, &piece))
        status = run->keep_going() ? add_piece(run, piece) : OIR_CANCELLED;
    if (item->text.size > 0)
        oir_term_generator_increase_termpos(run->generator, GAP);
    program_buffer_add_text(&run->data, "\"}");
    return status == OIR_OK ? flush_data(run) : status;
}

static oir_status add_texts(index_run *run, const index_item *item)
{
    oir_term_generator_set_document(run->generator, run->document);
    oir_status status = add_text(run, item->title, PROGRAM_RECORD_TITLE);
    if (status == OIR_OK)
        status = add_text(run, item->title, "");
    if (status == OIR_OK)
        status = add_pieces(run, item);
    return status == OIR_OK ? add_text(run, item->more, "") : status;
}

static oir_status set_value(index_run *run, oir_valueno slot, const char *text)
{
    return oir_document_set_value(run->document, slot, text, strlen(text), &run->err);
}

/* run->term is Q and the name. */
static oir_status make_document(index_run *run, const index_item *item)
{
    char date[INDEX_DATE_SIZE];
    oir_document_clear(run->document);
    oir_status status = add_texts(run, item);
    if (status == OIR_OK && item->name.size > 0)
        status = oir_document_add_boolean_term(run->document, run->term.data, run->term.size, &run->err);
    if (status == OIR_OK && item->source.size > 0) {
        program_record_set_term(&run->data, PROGRAM_RECORD_SOURCE, item->source.data, item->source.size);
        status = oir_document_add_boolean_term(run->document, run->data.data, run->data.size, &run->err);
    }
    if (status == OIR_OK && index_date_read(date, item->date.data, item->date.size))
        status = set_value(run, PROGRAM_RECORD_SLOT_DATE, date);
    if (status == OIR_OK && item->stamp != NULL)
        status = set_value(run, PROGRAM_RECORD_SLOT_CHANGED, item->stamp->changed);
    if (status == OIR_OK && item->stamp != NULL)
        status = set_value(run, PROGRAM_RECORD_SLOT_SIZE, item->stamp->size);
    return status;
}

/* Whether a name was met before in this run decides: the writer is asked only where it must be, since looking for a
 * term in it takes time. */
static oir_status put_document(index_run *run, bool named, bool met, oir_docid known, oir_docid *docid)
{
    if (!named || (known == 0 && !met))
        return oir_writable_database_add_document(run->writer, run->document, docid, &run->err);
    if (met)
        return oir_writable_database_replace_document_by_term(run->writer, run->term.data, run->term.size,
                                                              run->document, docid, &run->err);
    *docid = known;
    return oir_writable_database_replace_document(run->writer, known, run->document, &run->err);
}

oir_status index_run_add(index_run *run, const index_item *item)
{
    oir_docid known = 0;
    oir_docid docid = 0;
    bool named = item->name.size > 0;
    bool met = false;
    oir_status status = OIR_OK;
    if (named) {
        program_record_set_term(&run->term, PROGRAM_RECORD_ID, item->name.data, item->name.size);
        met = index_known_meet(&run->known, run->term.data, run->term.size);
        status = index_known_find(&run->known, run->term.data, run->term.size, &known, &run->err);
        index_known_set_seen(&run->known, known);
    }
    if (status != OIR_OK)
        return status;
    status = make_document(run, item);
    if (status == OIR_OK && item->pieces != NULL && item->pieces->error != 0)
        return OIR_OK;
    if (status == OIR_OK)
        status = put_document(run, named, met, known, &docid);
    if (status == OIR_TOO_BIG) {
        program_buffer name = {0};
        program_buffer_add(&name, item->name.data, item->name.size);
        index_run_skip(run, program_buffer_text(&name), run->err.message);
        program_buffer_release(&name);
        return OIR_OK;
    }
    if (status == OIR_OK) {
        run->counts.added += known == 0 && !met;
        run->counts.updated += known != 0 && !met;
        index_progress_show(&run->progress, run->counts.added + run->counts.updated, run->counts.bytes);
    }
    return status;
}

void index_run_skip_named(index_run *run, const char *name, const char *reason)
{
    program_message("%s: %s", name[0] != '\0' ? name : "\"\"", reason);
    run->counts.skipped++;
    run->trouble = true;
}

void index_run_skip(index_run *run, const char *kept, const char *reason)
{
    program_place_show(&run->shown, program_buffer_text(&run->base), kept);
    index_run_skip_named(run, program_buffer_text(&run->shown), reason);
}

void index_run_tell(index_run *run, const char *kept, const char *what)
{
    if (!run->options->verbose)
        return;
    program_place_show(&run->shown, program_buffer_text(&run->base), kept);
    program_message("%s: %s", program_buffer_text(&run->shown), what);
}

void index_run_add_path(index_paths *paths, const char *path)
{
    program_buffer_add(paths, path, strlen(path) + 1);
}

/* NULL starts; NULL is the end. */
const char *index_run_next_path(const index_paths *paths, const char *path)
{
    const char *next = path == NULL ? paths->data : path + strlen(path) + 1;
    return next != NULL && next < paths->data + paths->size ? next : NULL;
}
