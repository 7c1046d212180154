/* Everything that the public headers say of an index, as lines; oir_format.py makes the same of the files alone. Terms
 * and other bytes are in hexadecimal digits. */
#include "golden/golden_documents.h"

#include <string.h>

#define FORWARD(call)                       \
    do {                                    \
        oir_status forward_status = (call); \
        if (forward_status != OIR_OK)       \
            return forward_status;          \
    } while (0)

enum { SLOTS = 100 };

static void print_bytes(FILE *out, oir_bytes bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        fprintf(out, "%02x", (unsigned char)bytes.data[i]);
}

static oir_status dump_positions(const oir_database *d, oir_docid docid, oir_bytes term, FILE *out, oir_error *err)
{
    oir_position_iterator *positions = NULL;
    bool found = false;
    oir_status status = oir_database_get_positions(d, docid, term.data, term.size, &positions, err);
    while (status == OIR_OK && (status = oir_position_iterator_next(positions, &found, err)) == OIR_OK && found)
        fprintf(out, ",%lu", (unsigned long)oir_position_iterator_get_position(positions));
    oir_position_iterator_free(positions);
    return status;
}

static oir_status dump_postings(const oir_database *d, oir_bytes term, FILE *out, oir_error *err)
{
    oir_posting_iterator *postings = NULL;
    bool found = false;
    oir_status status = oir_database_get_postings(d, term.data, term.size, &postings, err);
    while (status == OIR_OK && (status = oir_posting_iterator_next(postings, &found, err)) == OIR_OK && found) {
        oir_docid docid = oir_posting_iterator_get_docid(postings);
        fprintf(out, " %lu:%lu", (unsigned long)docid, (unsigned long)oir_posting_iterator_get_wdf(postings));
        if ((status = dump_positions(d, docid, term, out, err)) != OIR_OK)
            break;
    }
    oir_posting_iterator_free(postings);
    fprintf(out, "\n");
    return status;
}

static oir_status dump_term(const oir_database *d, const oir_term_iterator *at, FILE *out, oir_error *err)
{
    oir_bytes term = oir_term_iterator_get_term(at);
    oir_totallength occurrences;
    oir_termcount most;
    FORWARD(oir_database_get_collection_freq(d, term.data, term.size, &occurrences, err));
    FORWARD(oir_database_get_wdf_upper_bound(d, term.data, term.size, &most, err));
    fprintf(out, "term ");
    print_bytes(out, term);
    fprintf(out, " %lu %llu %lu:", (unsigned long)oir_term_iterator_get_termfreq(at), (unsigned long long)occurrences,
            (unsigned long)most);
    return dump_postings(d, term, out, err);
}

static oir_status dump_terms(const oir_database *d, FILE *out, oir_error *err)
{
    oir_term_iterator *terms = NULL;
    bool found = false;
    oir_status status = oir_database_get_terms(d, "", &terms, err);
    while (status == OIR_OK && (status = oir_term_iterator_next(terms, &found, err)) == OIR_OK && found)
        if ((status = dump_term(d, terms, out, err)) != OIR_OK)
            break;
    oir_term_iterator_free(terms);
    return status;
}

static oir_status dump_values(oir_document *document, FILE *out, oir_error *err)
{
    for (oir_valueno i = 0; i <= SLOTS; i++) {
        oir_valueno slot = i < SLOTS ? i : OIR_BAD_VALUENO - 1;
        oir_bytes value;
        FORWARD(oir_document_get_value(document, slot, &value, err));
        if (value.size == 0)
            continue;
        fprintf(out, " %lu=", (unsigned long)slot);
        print_bytes(out, value);
    }
    return OIR_OK;
}

static oir_status dump_term_list(oir_document *document, FILE *out, oir_error *err)
{
    oir_term_iterator *terms = NULL;
    bool found = false;
    oir_status status = oir_document_get_terms(document, &terms, err);
    while (status == OIR_OK && (status = oir_term_iterator_next(terms, &found, err)) == OIR_OK && found) {
        fprintf(out, " ");
        print_bytes(out, oir_term_iterator_get_term(terms));
        fprintf(out, ":%lu", (unsigned long)oir_term_iterator_get_wdf(terms));
    }
    oir_term_iterator_free(terms);
    return status == OIR_UNSUPPORTED ? OIR_OK : status;
}

static oir_status dump_document(const oir_database *d, oir_docid docid, oir_termcount length, FILE *out, oir_error *err)
{
    oir_document *document = NULL;
    oir_bytes data;
    oir_status status = oir_database_get_document(d, docid, &document, err);
    if (status == OIR_OK)
        status = oir_document_get_data(document, &data, err);
    if (status == OIR_OK) {
        fprintf(out, "document %lu %lu ", (unsigned long)docid, (unsigned long)length);
        print_bytes(out, data);
        status = dump_values(document, out, err);
    }
    if (status == OIR_OK)
        status = dump_term_list(document, out, err);
    fprintf(out, "\n");
    oir_document_free(document);
    return status;
}

static oir_status dump_documents(const oir_database *d, FILE *out, oir_error *err)
{
    oir_posting_iterator *all = NULL;
    bool found = false;
    oir_status status = oir_database_get_postings(d, "", 0, &all, err);
    while (status == OIR_OK && (status = oir_posting_iterator_next(all, &found, err)) == OIR_OK && found) {
        oir_docid docid = oir_posting_iterator_get_docid(all);
        if ((status = dump_document(d, docid, oir_posting_iterator_get_doclength(all), out, err)) != OIR_OK)
            break;
    }
    oir_posting_iterator_free(all);
    return status;
}

static oir_status dump_segments(const oir_database *d, FILE *out, oir_error *err)
{
    for (size_t i = 0; i < oir_database_get_segment_count(d); i++) {
        oir_segment_information s;
        FORWARD(oir_database_get_segment(d, i, &s, err));
        fprintf(out, "%s %lu %lu %llu %llu:", s.file, (unsigned long)s.documents, (unsigned long)s.deleted,
                (unsigned long long)s.terms, (unsigned long long)s.postings);
        for (size_t k = 0; k < s.part_count; k++) /* how large documents' data get is zlib's to say */
            if (strcmp(s.parts[k].name, "stored") != 0)
                fprintf(out, " %s %llu", s.parts[k].name, (unsigned long long)s.parts[k].bytes);
        fprintf(out, "\n");
    }
    return OIR_OK;
}

oir_status golden_dump_documents(const char *folder, FILE *out, oir_error *err)
{
    oir_database *d = NULL;
    oir_status status = oir_database_open(&d, folder, err);
    if (status == OIR_OK)
        status = dump_documents(d, out, err);
    oir_database_close(d);
    return status;
}

oir_status golden_dump(const char *folder, FILE *out, oir_error *err)
{
    oir_database *d = NULL;
    oir_status status = oir_database_open(&d, folder, err);
    if (status == OIR_OK) {
        oir_bytes setting = oir_database_get_setting(d, "golden");
        fprintf(out, "revision %llu, documents %lu, last %lu, length %llu, positions %d, setting ",
                (unsigned long long)oir_database_get_revision(d), (unsigned long)oir_database_get_doccount(d),
                (unsigned long)oir_database_get_lastdocid(d), (unsigned long long)oir_database_get_total_length(d),
                oir_database_has_positions(d));
        print_bytes(out, setting);
        fprintf(out, "\n");
        status = dump_segments(d, out, err);
    }
    if (status == OIR_OK)
        status = dump_terms(d, out, err);
    if (status == OIR_OK)
        status = dump_documents(d, out, err);
    oir_database_close(d);
    return status;
}
