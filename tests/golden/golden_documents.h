/* The golden indexes: small ones that have every part and form of the format, made of documents that follow from their
 * numbers. Those of each version of the format are committed (tests/data/golden-<version>) and read by all later
 * libraries. What is made here must stay the same while the version does. */
#ifndef TESTS_GOLDEN_GOLDEN_DOCUMENTS_H
#define TESTS_GOLDEN_GOLDEN_DOCUMENTS_H

#include <stdio.h>

#include <oir/oir.h>

/* Each by itself, in folders of these names:
 *     reordered   8,300 documents in an order of their own, docids with gaps, pairs of words; some deleted, some added
 *     odd         hundreds of documents in four segments, with all that is rare: huge wdf and positions, counted
 *                 positions, position 0, long terms, values of all sizes, a dictionary for documents' data
 *     wide        66,000 documents, most of them empty: sparse lists; no lists of terms, no documents' data
 *     large       not committed: objects that are larger than a slot */
enum { GOLDEN_COUNT = 3, GOLDEN_ALL = 4 };
extern const char *const golden_names[GOLDEN_ALL];

/* Makes one in a folder that is not there yet; the writer's lock is left out. What the library fails with. */
oir_status golden_make(const char *name, const char *folder, oir_error *err);

/* Asks one in `folder` all questions that are asked of it, and writes the answers, one a line. */
oir_status golden_answer(const char *name, const char *folder, FILE *out, oir_error *err);

/* Writes all that the public headers say of an index. */
oir_status golden_dump(const char *folder, FILE *out, oir_error *err);

/* Of that what it says of each document. */
oir_status golden_dump_documents(const char *folder, FILE *out, oir_error *err);

#endif
