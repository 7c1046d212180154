/* Looking into an index: is it whole, and what takes the room. */
#ifndef OIR_INSPECT_H
#define OIR_INSPECT_H

#include <oir/database.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Receives a finding: which file, which part of it ("terms", "postings", ...; "generation" for what the commit says of
 * it), and what is wrong there. Lives only for the call. Return false to stop. */
typedef bool (*oir_check_report)(const char *file, const char *part, const char *reason, void *context);

/* Reads every byte of the index in folder `path` as its newest commit names it, checks checksums, structure and that
 * the parts agree with each other, and reports each damaged part. *findings is their number; 0 means whole.
 * OIR_NOT_FOUND, OIR_IO, OIR_NO_MEMORY, OIR_CANCELLED when report returned false; damage itself is not a failure of
 * this call. report may be NULL. */
OIR_API oir_status oir_index_check(const char *path, oir_check_report report, void *context, uint64_t *findings,
                                   oir_error *err);

/* The room that one kind of part takes. */
typedef struct oir_part_size {
    const char *name; /* a constant */
    uint64_t bytes;
} oir_part_size;

/* No segment has more kinds of parts. */
#define OIR_PARTS_MAX 16

/* One segment of an index. Filled by oir_database_get_segment. Strings live as long as the database's snapshot. */
typedef struct oir_segment_information {
    const char *file;               /* the file's name within the folder */
    uint64_t bytes;                 /* its size */
    oir_doccount documents;         /* with deleted ones */
    oir_doccount deleted;
    uint64_t terms;                 /* different terms */
    uint64_t postings;              /* documents summed over terms */
    oir_part_size parts[OIR_PARTS_MAX]; /* the room by kind of part */
    size_t part_count;
} oir_segment_information;

/* The number of segments of the snapshot. */
OIR_API size_t oir_database_get_segment_count(const oir_database *database);
/* Describes segment 0 <= index < count. OIR_INVALID_ARGUMENT, OIR_CORRUPT. */
OIR_API oir_status oir_database_get_segment(const oir_database *database, size_t index, oir_segment_information *out,
                                            oir_error *err);

#ifdef __cplusplus
}
#endif
#endif
