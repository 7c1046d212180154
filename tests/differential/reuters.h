/* Reuters-21578 as documents, from the folder that OIR_SHARED names: one JSON object a line, gzipped. */
#ifndef TESTS_DIFFERENTIAL_REUTERS_H
#define TESTS_DIFFERENTIAL_REUTERS_H

#include <oir/document.h>

/* One thread at a time. */
typedef struct reuters reuters;

/* NULL when OIR_SHARED is not set. Ends the program when the file is not there. */
reuters *reuters_open(void);
/* Fills a document with the next article: words and English stems of title (under S) and body, place and id as boolean
 * terms. False at the end. */
bool reuters_next(reuters *r, oir_document *document);
/* NULL is accepted. */
void reuters_close(reuters *r);

#endif
