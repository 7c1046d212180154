/* When a running search has to stop, asked at every window that it looks at. */
#ifndef SEARCHER_SEARCH_CONTROL_H
#define SEARCHER_SEARCH_CONTROL_H

#include <oir/enquire.h>

#include <stdatomic.h>

/* One thread at a time: a search in several threads has one for each. */
typedef struct search_control {
    bool (*keep_going)(void *context); /* may be NULL */
    void *context;
    double time_limit;                 /* seconds, for messages; 0: none */
    double deadline;                   /* on the clock of search_control_now */
    bool late;                         /* the deadline was met */
    uint32_t looks;                    /* since the clock was read, at most */
    const atomic_bool *stop;           /* another thread of the search says so; may be NULL */
    bool told;                         /* that was why it stopped */
    bool exact;                        /* all matches are to be counted: better at once, where that costs less */
    oir_search_statistics *statistics; /* added to */
    struct team *team;                 /* for searches in several threads; else NULL */
} search_control;

enum { TERMS_A_LOOK = 1024 }; /* terms to pass between two looks at whether to go on */

/* Seconds from some moment on. */
double search_control_now(void);
/* Sets the deadline, from now on. */
void search_control_start(search_control *c, double time_limit);

/* For search_control_look only. */
oir_status search_control_look_closely(search_control *c, oir_error *err);

/* Whether to go on: else OIR_CANCELLED, or OIR_LIMIT when the deadline has passed. */
static inline oir_status search_control_look(search_control *c, oir_error *err)
{
    return c->keep_going || c->time_limit > 0 || c->stop ? search_control_look_closely(c, err) : OIR_OK;
}

#endif
