/* Something that is like nothing else: whoever keeps one can tell later whether it is the one that another has, though
 * neither knows whether the other is still there. Shared by counting; any thread may share and release. */
#ifndef BASE_TOKEN_H
#define BASE_TOKEN_H

typedef struct token token;

/* NULL when out of memory. */
token *token_new(void);
/* The same one, to be released once more. NULL is accepted. */
token *token_share(token *t);
/* NULL is accepted. */
void token_release(token *t);

#endif
