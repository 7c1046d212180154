#include "base/token.h"

#include <stdatomic.h>

#include "base/memory.h"

struct token {
    atomic_uint holders;
};

token *token_new(void)
{
    token *t = memory_new(sizeof *t);
    if (t)
        atomic_init(&t->holders, 1);
    return t;
}

token *token_share(token *t)
{
    if (t)
        atomic_fetch_add_explicit(&t->holders, 1, memory_order_relaxed);
    return t;
}

void token_release(token *t)
{
    if (t && atomic_fetch_sub_explicit(&t->holders, 1, memory_order_acq_rel) == 1)
        memory_free(t);
}
