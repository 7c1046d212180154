/* A match with what is to be said about it. */
#ifndef SEARCH_HIT_H
#define SEARCH_HIT_H

#include "program/program_record.h"
#include "searcher/program/search_query.h"

typedef struct search_hit {
    oir_doccount rank; /* from 1 */
    oir_docid docid;
    double score;
    program_buffer path;  /* as seen from the current folder, to be read; empty for what is no file */
    program_buffer file;  /* the same as the file system has it */
    program_buffer title; /* never empty */
    program_record record;
    oir_document *document;
} search_hit;

/* Reads the match at `index` of the page. The hit starts as zero and is released after use. */
oir_status search_hit_read(search_hit *hit, search_query *search, oir_doccount index);
void search_hit_release(search_hit *hit);

#endif
