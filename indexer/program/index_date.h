/* Dates as people write them to dates that sort. */
#ifndef INDEX_DATE_H
#define INDEX_DATE_H

#include <stdbool.h>
#include <stddef.h>

enum { INDEX_DATE_SIZE = 40 };

/* Reads the date that text starts with: 2021, 2021-12, 2021-12-09, with T or a blank and a time after it; or 20211209.
 * A time that no clock shows is left off. False for what does not begin so, or is on no calendar: it would not sort
 * with the others. */
bool index_date_read(char out[INDEX_DATE_SIZE], const char *text, size_t size);

#endif
