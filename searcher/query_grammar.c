/* The grammar, by recursive descent; brackets are the only recursion and the lexer limits them.
 *
 *     expression := operand { (OR | XOR | AND | NOT | AND NOT) operand }             OR binds least, AND and NOT most,
 *                                                                                    all from the left
 *     operand    := list | NOT list                                                 all documents but, if allowed
 *     list       := { item | + item | - item | filter | - filter }                  one at least
 *     item       := word { group word } | word { NEAR word } | word { ADJ word } | phrase | word* | w?rd | word~
 *                 | partial | run | ( expression )
 *
 * A list is joined in this order: its items by the default operator; those with + AND_MAYBE the others; FILTER; AND_NOT
 * those with -. A chain of one operator grows the node on its left and never the one on its right: what a person put in
 * brackets there stays a node. Errors are sticky: once `status` or `bad` is set every function hands back NULL. */
#include "searcher/query_grammar.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* The window of words that stand side by side or near each other without a number: that of NEAR. */
#define NEAR_DISTANCE 10

typedef struct grammar {
    query_lexer *lexer;
    const query_grammar_options *options;
    size_t next;
    uint32_t list; /* counts lists, to tell whose stop words are whose */
    bool bad;
    oir_status status;
    oir_error *err;
} grammar;

/* The filters of one field. */
typedef struct filter_group {
    const query_field *field;
    oir_query *query;
} filter_group;

/* A list while it is read. */
typedef struct list_state {
    oir_query *base, *love, *hate, *stopped;
    filter_group *groups;
    size_t group_count, group_capacity;
    uint32_t number; /* of this list */
    size_t begin;    /* its first token */
    size_t items;    /* everything in it so far */
} list_state;

static oir_query *read_expression(grammar *g, int level);

static const query_token *peek(const grammar *g)
{
    return &g->lexer->tokens[g->next];
}

static bool failed(const grammar *g)
{
    return g->bad || g->status != OIR_OK;
}

/* Bad syntax; frees what was made so far. */
static oir_query *fail_syntax(grammar *g, oir_query *query)
{
    g->bad = true;
    oir_query_free(query);
    return NULL;
}

/* Takes note of a status. True when it is good. */
static bool note(grammar *g, oir_status status)
{
    if (status == OIR_LIMIT)
        g->bad = true;
    else if (status != OIR_OK)
        g->status = status;
    return status == OIR_OK;
}

/* left := left op right; both are taken over, either may be NULL. */
static void join(grammar *g, oir_query **left, oir_query_op op, oir_query *right)
{
    if (failed(g)) {
        oir_query_free(right);
        oir_query_free(*left);
        *left = NULL;
    } else if (right && !note(g, query_extend(left, op, right, g->err))) {
        *left = NULL;
    }
}

static oir_query *combine(grammar *g, oir_query_op op, oir_query *const *parts, size_t count, oir_termpos window)
{
    oir_query *query = NULL;
    note(g, oir_query_new_operator(&query, op, parts, count, window, g->err));
    return query;
}

/* A node of two parts; both are taken over, neither may be NULL unless something has failed. */
static oir_query *pair(grammar *g, oir_query_op op, oir_query *left, oir_query *right)
{
    if (!failed(g))
        return combine(g, op, (oir_query *[]){left, right}, 2, 0);
    oir_query_free(left);
    oir_query_free(right);
    return NULL;
}

/* left AND_NOT right; a factor on the right would do nothing. */
static oir_query *exclude(grammar *g, oir_query *left, oir_query *right)
{
    if (right && right->op == OIR_OP_SCALE) {
        oir_query *inner = oir_query_copy(right->parts[0]);
        oir_query_free(right);
        right = inner;
    }
    return pair(g, OIR_OP_AND_NOT, left, right);
}

static oir_query *exclude_from_all(grammar *g, oir_query *query)
{
    oir_query *all = NULL;
    if (!failed(g))
        note(g, oir_query_new_all(&all, g->err));
    return exclude(g, all, query);
}

static bool is_positional(oir_query_op op)
{
    return op == OIR_OP_NEAR || op == OIR_OP_PHRASE;
}

static query_word *first_word(const grammar *g, const query_token *token)
{
    return &g->lexer->words[token->first_word];
}

static bool is_stopped(const grammar *g, const query_token *token)
{
    const query_word *word = first_word(g, token);
    const char *bytes = (const char *)g->lexer->bytes.data + word->offset;
    return g->options->stopper && !word->too_long && oir_stopper_has(g->options->stopper, bytes, word->size);
}

static oir_query *make_word(grammar *g, const query_token *token, bool positional)
{
    oir_query *query = NULL;
    if (!failed(g))
        note(g, query_terms_word(&g->options->terms, token, positional, &query, g->err));
    return query;
}

/* Joins items by the default operator. What has no positions cannot stand near: AND then. */
static oir_query *combine_default(grammar *g, oir_query **parts, size_t count)
{
    oir_query_op op = g->options->default_op;
    oir_termpos window = 0;
    if (count == 1)
        return parts[0];
    if (is_positional(op)) {
        bool terms = true;
        for (size_t i = 0; i < count; i++)
            terms = terms && parts[i]->op == OIR_OP_TERM;
        op = terms ? op : OIR_OP_AND;
        window = terms ? (oir_termpos)count + NEAR_DISTANCE - 1 : 0;
    }
    return combine(g, op, parts, count, window);
}

static bool stands_for_many(query_token_kind kind)
{
    return kind == QUERY_TOKEN_WILDCARD || kind == QUERY_TOKEN_PATTERN || kind == QUERY_TOKEN_FUZZY ||
           kind == QUERY_TOKEN_PARTIAL;
}

/* Words with only white space between. Stop words are left out unless they are all there is. */
static oir_query *read_group(grammar *g, uint32_t list)
{
    const query_token *token = peek(g);
    size_t count = 1, kept = 0, made = 0;
    while (token[count].kind == QUERY_TOKEN_GROUP_WORD)
        count++;
    g->next += count;
    for (size_t i = 0; i < count; i++)
        kept += !is_stopped(g, &token[i]);
    bool goes_on = token[count].in_group && stands_for_many(token[count].kind);
    bool keep_all = kept == 0 && !goes_on;
    oir_query **parts = memory_new_zeroed(count, sizeof *parts), *query = NULL;
    if (!parts)
        note(g, error_no_memory(g->err, "a query"));
    for (size_t i = 0; i < count && !failed(g); i++) {
        if (!keep_all && is_stopped(g, &token[i]))
            first_word(g, &token[i])->stopped_by = list;
        else if ((parts[made] = make_word(g, &token[i], is_positional(g->options->default_op))) != NULL)
            made++;
    }
    if (!failed(g) && made) {
        query = combine_default(g, parts, made);
    } else {
        while (made > 0)
            oir_query_free(parts[--made]);
    }
    memory_free(parts);
    return query;
}

/* word NEAR word NEAR/5 word: the largest number counts. */
static oir_query *read_near(grammar *g)
{
    query_token_kind kind = peek(g)[1].kind;
    size_t count = 1;
    oir_termpos distance = 0;
    for (const query_token *token = peek(g); token[count * 2 - 1].kind == kind; count++) {
        if (token[count * 2 - 1].distance > distance)
            distance = token[count * 2 - 1].distance;
        if (token[count * 2].kind != QUERY_TOKEN_WORD)
            return fail_syntax(g, NULL);
    }
    const query_token **words = memory_new_zeroed(count, sizeof *words);
    if (!words) {
        note(g, error_no_memory(g->err, "a query"));
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        words[i] = peek(g) + 2 * i;
    g->next += 2 * count - 1;
    oir_query *query = NULL;
    if (peek(g)->kind == QUERY_TOKEN_GROUP_WORD)
        g->bad = true;
    else
        note(g, query_terms_near(&g->options->terms, words, count,
                                 kind == QUERY_TOKEN_NEAR ? OIR_OP_NEAR : OIR_OP_PHRASE,
                                 (oir_termpos)count - 1 + (distance ? distance : NEAR_DISTANCE), &query, g->err));
    memory_free(words);
    return query;
}

static oir_query *read_brackets(grammar *g)
{
    g->next++;
    oir_query *query = read_expression(g, 0);
    query_token_kind kind = peek(g)->kind;
    if (failed(g) || !query || (kind != QUERY_TOKEN_CLOSE && kind != QUERY_TOKEN_END))
        return fail_syntax(g, query);
    g->next += kind == QUERY_TOKEN_CLOSE;
    return query;
}

/* An item, NULL for none or one of stop words only. */
static oir_query *read_item(grammar *g, uint32_t list)
{
    const query_token *token = peek(g);
    const query_terms *terms = &g->options->terms;
    oir_query *query = NULL;
    switch (token->kind) {
    case QUERY_TOKEN_WORD:
        if (token[1].kind == QUERY_TOKEN_NEAR || token[1].kind == QUERY_TOKEN_ADJ)
            return read_near(g);
        if (token[1].kind == QUERY_TOKEN_GROUP_WORD)
            return read_group(g, list);
        query = make_word(g, token, false);
        break;
    case QUERY_TOKEN_PHRASE:
        note(g, query_terms_all(terms, token, OIR_OP_PHRASE, &query, g->err));
        break;
    case QUERY_TOKEN_NGRAMS:
        note(g, query_terms_all(terms, token, OIR_OP_AND, &query, g->err));
        break;
    case QUERY_TOKEN_WILDCARD:
        note(g, query_terms_wildcard(terms, token, &query, g->err));
        break;
    case QUERY_TOKEN_PATTERN:
        note(g, query_terms_pattern(terms, token, &query, g->err));
        break;
    case QUERY_TOKEN_FUZZY:
        note(g, query_terms_fuzzy(terms, token, &query, g->err));
        break;
    case QUERY_TOKEN_PARTIAL:
        note(g, query_terms_partial(terms, token, is_stopped(g, token), &query, g->err));
        break;
    case QUERY_TOKEN_OPEN:
        return read_brackets(g);
    default:
        return fail_syntax(g, NULL);
    }
    g->next++;
    return query;
}

/* A filter's term; an empty one is in all documents. */
static oir_query *make_filter(grammar *g, const query_token *token)
{
    oir_query *query = make_word(g, token, true);
    if (query && query->op == OIR_OP_MATCH_NONE && first_word(g, token)->size == 0) {
        oir_query_free(query);
        query = NULL;
        note(g, oir_query_new_all(&query, g->err));
    }
    return query;
}

static void add_filter(grammar *g, list_state *list)
{
    const query_token *token = peek(g);
    g->next++;
    filter_group *group = list->groups;
    while (group < list->groups + list->group_count && group->field != token->field)
        group++;
    if (group == list->groups + list->group_count) {
        if (!memory_reserve(&list->groups, &list->group_capacity, list->group_count + 1, sizeof *list->groups)) {
            note(g, error_no_memory(g->err, "a query's filters"));
            return;
        }
        group = &list->groups[list->group_count++];
        *group = (filter_group){token->field, NULL};
    }
    join(g, &group->query, OIR_OP_OR, make_filter(g, token));
}

/* All fields' filters, in byte order of the fields' names. */
static oir_query *combine_filters(grammar *g, list_state *list)
{
    oir_query *query = NULL;
    for (size_t done = 0; done < list->group_count; done++) {
        filter_group *first = NULL;
        for (size_t i = 0; i < list->group_count; i++) {
            filter_group *group = &list->groups[i];
            if (group->field && (!first || strcmp(group->field->name, first->field->name) < 0))
                first = group;
        }
        join(g, &query, OIR_OP_AND, first->query);
        first->field = NULL;
        first->query = NULL;
    }
    return query;
}

/* Adds an item by the default operator; only words of one group can be asked to stand near. */
static void add_by_default(grammar *g, oir_query **left, oir_query *item)
{
    oir_query_op op = g->options->default_op;
    join(g, left, is_positional(op) ? OIR_OP_AND : op, item);
}

static bool ends_list(query_token_kind kind)
{
    switch (kind) {
    case QUERY_TOKEN_WORD:
    case QUERY_TOKEN_PHRASE:
    case QUERY_TOKEN_WILDCARD:
    case QUERY_TOKEN_PATTERN:
    case QUERY_TOKEN_FUZZY:
    case QUERY_TOKEN_PARTIAL:
    case QUERY_TOKEN_NGRAMS:
    case QUERY_TOKEN_FILTER:
    case QUERY_TOKEN_OPEN:
    case QUERY_TOKEN_LOVE:
    case QUERY_TOKEN_HATE:
        return false;
    default:
        return true;
    }
}

static void read_signed(grammar *g, list_state *list)
{
    bool love = peek(g)->kind == QUERY_TOKEN_LOVE;
    g->next++;
    bool filter = peek(g)->kind == QUERY_TOKEN_FILTER;
    if (love && filter) {
        add_filter(g, list);
    } else if (love && g->options->default_op == OIR_OP_AND) {
        add_by_default(g, &list->base, read_item(g, list->number));
    } else if (love) {
        join(g, &list->love, OIR_OP_AND, read_item(g, list->number));
    } else if (filter) {
        join(g, &list->hate, OIR_OP_OR, make_filter(g, peek(g)));
        g->next++;
    } else {
        join(g, &list->hate, OIR_OP_OR, read_item(g, list->number));
    }
}

/* A word without a sign that is not part of a group: left out if it is a stop word among other items. */
static bool read_lone_stop_word(grammar *g, list_state *list)
{
    const query_token *token = peek(g);
    query_token_kind next = token[1].kind;
    if (token->kind != QUERY_TOKEN_WORD || next == QUERY_TOKEN_GROUP_WORD || next == QUERY_TOKEN_NEAR ||
        next == QUERY_TOKEN_ADJ || !is_stopped(g, token) || (list->items == 0 && ends_list(next)))
        return false;
    first_word(g, token)->stopped_by = list->number;
    add_by_default(g, &list->stopped, make_word(g, token, false));
    g->next++;
    return true;
}

static void read_list_items(grammar *g, list_state *list)
{
    for (; !failed(g) && !ends_list(peek(g)->kind); list->items++) {
        switch (peek(g)->kind) {
        case QUERY_TOKEN_LOVE:
        case QUERY_TOKEN_HATE:
            read_signed(g, list);
            break;
        case QUERY_TOKEN_FILTER:
            add_filter(g, list);
            break;
        default:
            if (!read_lone_stop_word(g, list))
                add_by_default(g, &list->base, read_item(g, list->number));
        }
    }
}

/* Where nothing else is asked for, stop words that stood apart are. */
static void keep_stopped(grammar *g, list_state *list)
{
    if (list->base || list->love || list->group_count || !list->stopped)
        return;
    list->base = list->stopped;
    list->stopped = NULL;
    for (size_t i = list->begin; i < g->next; i++) {
        const query_token *token = &g->lexer->tokens[i];
        if (token->word_count && first_word(g, token)->stopped_by == list->number)
            first_word(g, token)->stopped_by = 0;
    }
}

static oir_query *combine_list(grammar *g, list_state *list, bool after_not)
{
    oir_query *query = list->love, *hate = list->hate;
    list->love = list->hate = NULL;
    if (query && list->base)
        query = pair(g, OIR_OP_AND_MAYBE, query, list->base);
    else if (list->base)
        query = list->base;
    list->base = NULL;
    oir_query *filters = combine_filters(g, list);
    if (filters && query)
        query = pair(g, OIR_OP_FILTER, query, filters);
    else if (filters)
        note(g, oir_query_new_scale(&query, filters, 0, g->err));
    if (!hate)
        return query;
    if (query || failed(g))
        return exclude(g, query, hate);
    if (after_not || !g->options->pure_not)
        return fail_syntax(g, hate);
    return exclude_from_all(g, hate);
}

static void release_list(list_state *list)
{
    oir_query_free(list->base);
    oir_query_free(list->love);
    oir_query_free(list->hate);
    oir_query_free(list->stopped);
    for (size_t i = 0; i < list->group_count; i++)
        oir_query_free(list->groups[i].query);
    memory_free(list->groups);
}

static oir_query *read_list(grammar *g, bool after_not)
{
    list_state list = {.number = ++g->list, .begin = g->next};
    read_list_items(g, &list);
    keep_stopped(g, &list);
    oir_query *query = failed(g) ? NULL : combine_list(g, &list, after_not);
    release_list(&list);
    if (failed(g))
        return fail_syntax(g, query);
    return query;
}

/* What stands beside an operator, and so must not be missing. */
static oir_query *read_operand(grammar *g, bool after_not)
{
    if (after_not && (peek(g)->kind == QUERY_TOKEN_NOT || peek(g)->kind == QUERY_TOKEN_HATE))
        return fail_syntax(g, NULL);
    if (peek(g)->kind == QUERY_TOKEN_NOT) {
        if (!g->options->pure_not)
            return fail_syntax(g, NULL);
        g->next++;
        return exclude_from_all(g, read_operand(g, true));
    }
    oir_query *query = read_list(g, after_not);
    return query || failed(g) ? query : fail_syntax(g, NULL);
}

/* level 0: OR, 1: XOR, 2: AND and NOT. NULL where there is nothing at all. */
static oir_query *read_expression(grammar *g, int level)
{
    static const query_token_kind kinds[] = {QUERY_TOKEN_OR, QUERY_TOKEN_XOR, QUERY_TOKEN_AND, QUERY_TOKEN_NOT};
    static const oir_query_op ops[] = {OIR_OP_OR, OIR_OP_XOR, OIR_OP_AND};
    oir_query *left;
    if (level < 2)
        left = read_expression(g, level + 1);
    else if (peek(g)->kind == QUERY_TOKEN_NOT)
        left = read_operand(g, false);
    else
        left = read_list(g, false);
    while (!failed(g) && (peek(g)->kind == kinds[level] || (level == 2 && peek(g)->kind == QUERY_TOKEN_NOT))) {
        bool without = peek(g)->kind == QUERY_TOKEN_NOT;
        g->next++;
        if (!left)
            return fail_syntax(g, NULL);
        if (level == 2 && !without && peek(g)->kind == QUERY_TOKEN_NOT) {
            without = true;
            g->next++;
        }
        oir_query *right;
        if (level < 2)
            right = read_expression(g, level + 1);
        else
            right = read_operand(g, without);
        if (!right)
            return fail_syntax(g, left);
        if (without)
            left = exclude(g, left, right);
        else
            join(g, &left, ops[level], right);
    }
    return failed(g) ? fail_syntax(g, left) : left;
}

oir_status query_grammar_read(query_lexer *lexer, const query_grammar_options *options, oir_query **out, bool *bad,
                              oir_error *err)
{
    oir_error error; /* apart from the caller's, which what is only bad must not touch */
    grammar g = {.lexer = lexer, .options = options, .err = &error};
    oir_query *query = read_expression(&g, 0);
    if (g.status == OIR_OK && !g.bad && peek(&g)->kind != QUERY_TOKEN_END)
        g.bad = true;
    if (g.status == OIR_OK && !g.bad && !query)
        note(&g, oir_query_new_none(&query, g.err));
    *bad = g.status == OIR_OK && g.bad;
    if (*bad || g.status != OIR_OK) {
        oir_query_free(query);
        query = NULL;
    }
    if (g.status != OIR_OK && err)
        *err = error;
    *out = query;
    return g.status;
}
