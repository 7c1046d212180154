/* Lists of function words, by language. */
#ifndef TEXT_STOPWORDS_H
#define TEXT_STOPWORDS_H

/* The stop words of a language by its English name, with single spaces between; "" for "none", NULL where there is no
 * list. A constant. */
const char *stopwords_find(const char *language);

#endif
