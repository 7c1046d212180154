/* oir-inspect: looks into an index. See docs/man/oir-inspect.1. */
#include <stdlib.h>
#include <string.h>

#include <oir/oir.h>

#include "program/program_message.h"
#include "program/program_options.h"
#include "program/program_output.h"
#include "program/program_place.h"
#include "program/program_record.h"
#include "program/program_text.h"

enum { NOT_THERE = 1 };

static const char help[] =
    "Usage: oir-inspect [OPTION]... COMMAND [ARGUMENT]\n"
    "Looks into an index.\n"
    "\n"
    "  stats           what there is in it\n"
    "  sizes           the room that its parts take, by segment\n"
    "  terms [PREFIX]  its terms, with the number of documents that have them\n"
    "  term TERM       the documents of a term: wdf, length, positions\n"
    "  doc ID          a document, by its number, or else by its id or path\n"
    "  check           read everything and say what is damaged\n"
    "\n"
    "  -i, --index DIR the index (default: $OIR_INDEX, else .oir here or above)\n"
    "  -n, --limit N   at most N terms or documents\n"
    "  -h, --help      show this\n"
    "  -V, --version   show the version\n"
    "\n"
    "Terms are words as they were written, in small letters; stems have a Z before\n"
    "them, words of titles an S, ids and paths a Q.\n"
    "\n"
    "Exit status: 0 done, 1 no such term or document, or the index is damaged,\n"
    "2 failed.\n";

static const char shorts[] = ":i:n:hV";
static const struct option longs[] = {{"index", required_argument, NULL, 'i'},
                                      {"limit", required_argument, NULL, 'n'},
                                      {"help", no_argument, NULL, 'h'},
                                      {"version", no_argument, NULL, 'V'},
                                      {NULL, 0, NULL, 0}};

typedef struct inspection {
    const char *index;
    uint64_t limit;
    const char *argument; /* NULL: none */
    oir_database *database;
    oir_error err;
} inspection;

/* Terms and values are bytes; what a terminal should not get is shown as \xNN. */
static void print_bytes(oir_bytes bytes)
{
    program_buffer shown = {0};
    for (size_t i = 0; i < bytes.size;) {
        uint32_t character;
        size_t length = program_text_decode(bytes.data + i, bytes.size - i, &character);
        size_t before = shown.size;
        if (length > 0)
            program_text_add_shown(&shown, bytes.data + i, length);
        /* What is shown as it is needs no escape. */
        if (length == 0 || shown.size - before != length || memcmp(shown.data + before, bytes.data + i, length) != 0) {
            length = length > 0 ? length : 1;
            shown.size = before;
            for (size_t k = 0; k < length; k++)
                program_buffer_add_format(&shown, "\\x%02x", (unsigned char)bytes.data[i + k]);
        }
        i += length;
    }
    program_output_add(program_buffer_text(&shown), shown.size);
    program_buffer_release(&shown);
}

static void print_number(const char *name, uint64_t number)
{
    program_output_add_format("%-24s%llu\n", name, (unsigned long long)number);
}

/* Sums over the segments. */
static oir_status sum_segments(inspection *self, oir_segment_information *sum)
{
    oir_segment_information one;
    oir_status status = OIR_OK;
    *sum = (oir_segment_information){0};
    for (size_t i = 0; status == OIR_OK && i < oir_database_get_segment_count(self->database); i++) {
        status = oir_database_get_segment(self->database, i, &one, &self->err);
        if (status != OIR_OK)
            break;
        sum->bytes += one.bytes;
        sum->deleted += one.deleted;
        sum->postings += one.postings;
    }
    return status;
}

static oir_status run_stats(inspection *self, bool *good)
{
    oir_segment_information sum;
    const oir_database *database = self->database;
    oir_status status = sum_segments(self, &sum);
    *good = true;
    if (status != OIR_OK)
        return status;
    oir_bytes stemmer = oir_database_get_setting(database, PROGRAM_RECORD_STEMMER);
    program_output_add_format("%-24s%s\n", "index", self->index);
    program_output_add_format("%-24s%s\n", "uuid", oir_database_get_uuid(database));
    print_number("revision", oir_database_get_revision(database));
    print_number("documents", oir_database_get_doccount(database));
    print_number("last document", oir_database_get_lastdocid(database));
    print_number("total length", oir_database_get_total_length(database));
    program_output_add_format("%-24s%.1f\n", "average length", oir_database_get_average_length(database));
    program_output_add_format("%-24s%s\n", "positions", oir_database_has_positions(database) ? "yes" : "no");
    program_output_add_format("%-24s", "stemmer");
    print_bytes(stemmer.size > 0 ? stemmer : (oir_bytes){"none", 4});
    program_output_add_text("\n");
    print_number("segments", oir_database_get_segment_count(database));
    print_number("postings", sum.postings);
    print_number("deleted, not merged yet", sum.deleted);
    print_number("bytes", sum.bytes);
    return OIR_OK;
}

static void print_part(const oir_part_size *part, uint64_t all)
{
    program_output_add_format("  %-20s%14llu  %5.1f %%\n", part->name, (unsigned long long)part->bytes,
                              all > 0 ? 100.0 * (double)part->bytes / (double)all : 0.0);
}

static oir_status run_sizes(inspection *self, bool *good)
{
    oir_segment_information segment;
    oir_status status = OIR_OK;
    *good = true;
    for (size_t i = 0; i < oir_database_get_segment_count(self->database); i++) {
        status = oir_database_get_segment(self->database, i, &segment, &self->err);
        if (status != OIR_OK)
            return status;
        program_output_add_format("%s: %llu bytes, %lu documents (%lu deleted), %llu terms, %llu postings\n",
                                  segment.file, (unsigned long long)segment.bytes, (unsigned long)segment.documents,
                                  (unsigned long)segment.deleted, (unsigned long long)segment.terms,
                                  (unsigned long long)segment.postings);
        for (size_t k = 0; k < segment.part_count; k++)
            print_part(&segment.parts[k], segment.bytes);
    }
    return OIR_OK;
}

static oir_status run_terms(inspection *self, bool *good)
{
    oir_term_iterator *terms = NULL;
    bool found = false;
    oir_status status = oir_database_get_terms(self->database, self->argument != NULL ? self->argument : "", &terms,
                                               &self->err);
    if (status == OIR_OK)
        status = oir_term_iterator_next(terms, &found, &self->err);
    *good = found;
    for (uint64_t i = 0; status == OIR_OK && found && i < self->limit; i++) {
        program_output_add_format("%10lu  ", (unsigned long)oir_term_iterator_get_termfreq(terms));
        print_bytes(oir_term_iterator_get_term(terms));
        program_output_add_text("\n");
        status = oir_term_iterator_next(terms, &found, &self->err);
    }
    oir_term_iterator_free(terms);
    return status;
}

static oir_status print_positions(inspection *self, oir_docid docid, const char *term)
{
    oir_position_iterator *positions = NULL;
    bool found = false;
    oir_status status = oir_database_get_positions(self->database, docid, term, strlen(term), &positions, &self->err);
    while (status == OIR_OK && (status = oir_position_iterator_next(positions, &found, &self->err)) == OIR_OK && found)
        program_output_add_format(" %lu", (unsigned long)oir_position_iterator_get_position(positions));
    oir_position_iterator_free(positions);
    return status;
}

static oir_status run_term(inspection *self, bool *good)
{
    const char *term = self->argument;
    size_t size = strlen(term);
    oir_doccount documents = 0;
    oir_totallength occurrences = 0;
    oir_posting_iterator *postings = NULL;
    bool found = false;
    oir_status status = oir_database_get_termfreq(self->database, term, size, &documents, &self->err);
    if (status == OIR_OK)
        status = oir_database_get_collection_freq(self->database, term, size, &occurrences, &self->err);
    if (status == OIR_OK)
        status = oir_database_get_postings(self->database, term, size, &postings, &self->err);
    *good = documents > 0;
    if (status != OIR_OK || documents == 0) {
        oir_posting_iterator_free(postings);
        return status;
    }
    print_bytes((oir_bytes){term, size});
    program_output_add_format(": documents %lu, occurrences %llu\n", (unsigned long)documents,
                              (unsigned long long)occurrences);
    for (uint64_t i = 0; status == OIR_OK && i < self->limit; i++) {
        status = oir_posting_iterator_next(postings, &found, &self->err);
        if (status != OIR_OK || !found)
            break;
        oir_docid docid = oir_posting_iterator_get_docid(postings);
        program_output_add_format("document %lu: wdf %lu, length %lu, positions:", (unsigned long)docid,
                                  (unsigned long)oir_posting_iterator_get_wdf(postings),
                                  (unsigned long)oir_posting_iterator_get_doclength(postings));
        status = print_positions(self, docid, term);
        program_output_add_text("\n");
    }
    oir_posting_iterator_free(postings);
    return status;
}

/* The number of a document that is named by number, id or path; 0 for none. */
static oir_status find_document(inspection *self, oir_docid *docid)
{
    const char *name = self->argument;
    char *end;
    unsigned long long number = strtoull(name, &end, 10);
    *docid = 0;
    if (name[0] >= '0' && name[0] <= '9' && *end == '\0' && number <= UINT32_MAX) {
        *docid = (oir_docid)number;
        return OIR_OK;
    }
    program_buffer term = {0};
    oir_posting_iterator *postings = NULL;
    bool found = false;
    program_record_set_term(&term, PROGRAM_RECORD_ID, name, strlen(name));
    oir_status status = oir_database_get_postings(self->database, term.data, term.size, &postings, &self->err);
    if (status == OIR_OK)
        status = oir_posting_iterator_next(postings, &found, &self->err);
    if (status == OIR_OK && found)
        *docid = oir_posting_iterator_get_docid(postings);
    oir_posting_iterator_free(postings);
    program_buffer_release(&term);
    return status;
}

static oir_status print_values(inspection *self, oir_document *document)
{
    static const char *const names[] = {"date", "changed", "size"};
    for (oir_valueno slot = 0; slot < sizeof(names) / sizeof(names[0]); slot++) {
        oir_bytes value;
        oir_status status = oir_document_get_value(document, slot, &value, &self->err);
        if (status != OIR_OK)
            return status;
        if (value.size == 0)
            continue;
        program_output_add_format("value %lu, %-8s", (unsigned long)slot, names[slot]);
        print_bytes(value);
        program_output_add_text("\n");
    }
    return OIR_OK;
}

static oir_status print_terms_of(inspection *self, oir_document *document)
{
    oir_term_iterator *terms = NULL;
    oir_termcount count = 0;
    bool found = false;
    oir_status status = oir_document_get_term_count(document, &count, &self->err);
    if (status == OIR_UNSUPPORTED) {
        program_output_add_text("terms            not kept in this index\n");
        return OIR_OK;
    }
    if (status == OIR_OK)
        status = oir_document_get_terms(document, &terms, &self->err);
    if (status == OIR_OK)
        program_output_add_format("terms            %lu\n", (unsigned long)count);
    for (uint64_t i = 0; status == OIR_OK && i < self->limit; i++) {
        status = oir_term_iterator_next(terms, &found, &self->err);
        if (status != OIR_OK || !found)
            break;
        program_output_add_format("%10lu  ", (unsigned long)oir_term_iterator_get_wdf(terms));
        print_bytes(oir_term_iterator_get_term(terms));
        program_output_add_text("\n");
    }
    oir_term_iterator_free(terms);
    return status;
}

static oir_status run_doc(inspection *self, bool *good)
{
    oir_docid docid;
    oir_document *document = NULL;
    oir_termcount length = 0;
    oir_bytes data;
    oir_status status = find_document(self, &docid);
    *good = status == OIR_OK && docid != 0;
    if (!*good)
        return status;
    status = oir_database_get_document(self->database, docid, &document, &self->err);
    if (status == OIR_NOT_FOUND) {
        *good = false;
        return OIR_OK;
    }
    if (status == OIR_OK)
        status = oir_database_get_doclength(self->database, docid, &length, &self->err);
    if (status == OIR_OK)
        status = oir_document_get_data(document, &data, &self->err);
    if (status == OIR_OK) {
        program_output_add_format("document         %lu\nlength           %lu\n", (unsigned long)docid,
                                  (unsigned long)length);
        status = print_values(self, document);
    }
    if (status == OIR_OK) {
        program_output_add_text("data             ");
        print_bytes(data);
        program_output_add_text("\n");
        status = print_terms_of(self, document);
    }
    oir_document_free(document);
    return status;
}

static bool print_finding(const char *file, const char *part, const char *reason, void *context)
{
    (void)context;
    program_output_add_format("%s: %s: %s\n", file, part, reason);
    return true;
}

/* Opens nothing: damage may be such that it could not. */
static oir_status run_check(inspection *self, bool *good)
{
    uint64_t findings = 0;
    oir_status status = oir_index_check(self->index, print_finding, NULL, &findings, &self->err);
    *good = findings == 0;
    if (status == OIR_OK && findings == 0)
        program_output_add_format("%s is whole\n", self->index);
    else if (status == OIR_OK)
        program_output_add_format("%s is damaged: %llu %s; make it anew: oir-index --index %s --overwrite PATH\n",
                                  self->index, (unsigned long long)findings, findings == 1 ? "finding" : "findings",
                                  self->index);
    return status;
}

typedef struct command {
    const char *name;
    int least; /* arguments */
    int most;
    bool opens;
    oir_status (*run)(inspection *self, bool *good);
    const char *nothing; /* what to say when it was not good; NULL for nothing */
} command;

static const command commands[] = {
    {"stats", 0, 0, true, run_stats, NULL},
    {"sizes", 0, 0, true, run_sizes, NULL},
    {"terms", 0, 1, true, run_terms, "no such terms"},
    {"term", 1, 1, true, run_term, "no document has the term"},
    {"doc", 1, 1, true, run_doc, "no such document"},
    {"check", 0, 0, false, run_check, NULL},
};

static const command *find_command(int argc, char **argv)
{
    if (argc == 0) {
        program_message("no command; there are stats, sizes, terms, term, doc, check  (--help says more)");
        return NULL;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        const command *found = &commands[i];
        if (strcmp(argv[0], found->name) != 0)
            continue;
        if (argc - 1 >= found->least && argc - 1 <= found->most)
            return found;
        program_message("%s takes %s; --help says more", found->name,
                        found->most == 0 ? "no argument" : found->least == 0 ? "one argument at most" : "one argument");
        return NULL;
    }
    program_message("unknown command %s; there are stats, sizes, terms, term, doc, check", argv[0]);
    return NULL;
}

static int run_command(inspection *self, const command *chosen)
{
    bool good = false;
    oir_status status = OIR_OK;
    if (chosen->opens)
        status = oir_database_open(&self->database, self->index, &self->err);
    if (status == OIR_OK)
        status = chosen->run(self, &good);
    oir_database_close(self->database);
    if (status != OIR_OK)
        return program_message_failure(&self->err);
    if (!good && chosen->nothing != NULL)
        program_message("%s%s%s", chosen->nothing, self->argument != NULL ? ": " : "",
                        self->argument != NULL ? self->argument : "");
    return good ? PROGRAM_DONE : NOT_THERE;
}

/* -1 to go on, otherwise an exit code. */
static int take(inspection *self, int option)
{
    switch (option) {
    case 'i': self->index = optarg; return -1;
    case 'n': return program_options_number("-n", optarg, UINT64_MAX, &self->limit) ? -1 : PROGRAM_FAILED;
    case 'h': program_output_add_text(help); return program_output_finish(PROGRAM_DONE);
    case 'V': program_options_print_version(); return program_output_finish(PROGRAM_DONE);
    default: return PROGRAM_FAILED;
    }
}

int main(int argc, char **argv)
{
    inspection self = {.limit = UINT64_MAX};
    program_buffer index = {0};
    int option;
    program_message_start("oir-inspect");
    while ((option = program_options_next(argc, argv, shorts, longs)) != -1) {
        int code = take(&self, option);
        if (code != -1)
            return code;
    }
    const command *chosen = find_command(argc - optind, argv + optind);
    if (chosen == NULL || !program_place_find(&index, self.index, false)) {
        program_buffer_release(&index);
        return PROGRAM_FAILED;
    }
    self.index = index.data;
    self.argument = argc - optind > 1 ? argv[optind + 1] : NULL;
    int code = run_command(&self, chosen);
    program_buffer_release(&index);
    return program_output_finish(code);
}
