#include "searcher/query.h"

#include <oir/memory.h>

#include <math.h>

#include "harness.h"

static oir_error err;

static oir_query *term(const char *text)
{
    oir_query *query;
    REQUIRE_OK(oir_query_new_term(&query, text, strlen(text), &err), err);
    return query;
}

static oir_query *prefix(const char *text)
{
    oir_query *query;
    REQUIRE_OK(oir_query_new_prefix(&query, text, strlen(text), 0, &err), err);
    return query;
}

static oir_query *pair_of(oir_query_op op, oir_query *left, oir_query *right)
{
    oir_query *query;
    REQUIRE_OK(oir_query_new_operator(&query, op, (oir_query *[]){left, right}, 2, 0, &err), err);
    return query;
}

/* Describes the query and frees it. */
static void expect_description(oir_query *query, const char *expected)
{
    char *text;
    REQUIRE_OK(oir_query_get_description(query, &text, &err), err);
    EXPECT_STR(text, expected);
    oir_memory_free(text);
    oir_query_free(query);
}

static void leaves(void)
{
    oir_query *query = term("combat");
    EXPECT_EQ(oir_query_get_op(query), OIR_OP_TERM);
    EXPECT_EQ(oir_query_get_term(query).size, 6);
    EXPECT(memcmp(oir_query_get_term(query).data, "combat", 6) == 0);
    EXPECT_EQ(oir_query_get_wqf(query), 1);
    EXPECT_EQ(oir_query_get_position(query), 0);
    EXPECT_EQ(oir_query_get_part_count(query), 0);
    EXPECT_EQ(oir_query_get_length(query), 1);
    expect_description(query, "Query(combat)");
    REQUIRE_OK(oir_query_new_term_at(&query, "troops", 6, 3, 7, &err), err);
    EXPECT_EQ(oir_query_get_wqf(query), 3);
    EXPECT_EQ(oir_query_get_position(query), 7);
    EXPECT_EQ(oir_query_get_length(query), 3);
    expect_description(query, "Query(troops#3@7)");
    REQUIRE_OK(oir_query_new_all(&query, &err), err);
    EXPECT_EQ(oir_query_get_wqf(query), 0);
    EXPECT_EQ(oir_query_get_term(query).size, 0);
    expect_description(query, "Query(<alldocuments>)");
    REQUIRE_OK(oir_query_new_none(&query, &err), err);
    expect_description(query, "Query()");
    REQUIRE_OK(oir_query_new_prefix(&query, "advis", 5, 100, &err), err);
    EXPECT_EQ(oir_query_get_op(query), OIR_OP_PREFIX);
    EXPECT_EQ(oir_query_get_max_expansion(query), 100);
    expect_description(query, "Query(WILDCARD SYNONYM advis)");
    REQUIRE_OK(oir_query_new_prefix(&query, NULL, 0, 0, &err), err);
    expect_description(query, "Query(WILDCARD SYNONYM )");
}

static void patterns(void)
{
    oir_query *query;
    REQUIRE_OK(oir_query_new_wildcard(&query, "w?r*d", 5, 100, &err), err);
    EXPECT_EQ(oir_query_get_op(query), OIR_OP_WILDCARD);
    EXPECT_EQ(oir_query_get_max_expansion(query), 100);
    EXPECT_EQ(oir_query_get_distance(query), 0);
    expect_description(query, "Query(WILDCARD SYNONYM w?r*d)");
    REQUIRE_OK(oir_query_new_fuzzy(&query, "word", 4, 2, 0, 7, &err), err);
    EXPECT_EQ(oir_query_get_op(query), OIR_OP_FUZZY);
    EXPECT_EQ(oir_query_get_term(query).size, 4);
    EXPECT_EQ(oir_query_get_max_expansion(query), 7);
    EXPECT_EQ(oir_query_get_distance(query), 2);
    EXPECT_EQ(oir_query_get_fixed_prefix(query), 0);
    EXPECT_EQ(oir_query_get_length(query), 0);
    expect_description(query, "Query(EDIT_DISTANCE SYNONYM word~2)");
    REQUIRE_OK(oir_query_new_fuzzy(&query, "word", 4, 1, SIZE_MAX, 0, &err), err);
    EXPECT_EQ(oir_query_get_fixed_prefix(query), OIR_TERM_MAX);
    expect_description(query, "Query(EDIT_DISTANCE SYNONYM word~1 fixed_prefix_len=245)");
    EXPECT_EQ(oir_query_new_wildcard(&query, "", 0, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_wildcard(&query, NULL, 2, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_fuzzy(&query, "", 0, 1, 0, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_fuzzy(&query, "a", 1, 0, 0, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_fuzzy(&query, "a", 1, 3, 0, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT(query == NULL);
    /* Parts of SYNONYM as prefixes are, but not of PHRASE. */
    oir_query *parts[] = {term("a"), NULL, NULL};
    REQUIRE_OK(oir_query_new_wildcard(&parts[1], "b*c", 3, 0, &err), err);
    REQUIRE_OK(oir_query_new_fuzzy(&parts[2], "d", 1, 1, 0, 0, &err), err);
    oir_query *copies[] = {oir_query_copy(parts[0]), oir_query_copy(parts[1])};
    REQUIRE_OK(oir_query_new_operator(&query, OIR_OP_SYNONYM, parts, 3, 0, &err), err);
    expect_description(query, "Query((a SYNONYM WILDCARD SYNONYM b*c SYNONYM EDIT_DISTANCE SYNONYM d~1))");
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_PHRASE, copies, 2, 0, &err), OIR_INVALID_ARGUMENT);
}

static void bytes_that_do_not_show(void)
{
    oir_query *query;
    const char text[] = "a\x00\n\\\x7f\xff\xc3\xa9\xc3z\x1f";
    REQUIRE_OK(oir_query_new_term(&query, text, sizeof text - 1, &err), err);
    expect_description(query, "Query(a\\x00\\x0a\\x5c\\x7f\\xff\xc3\xa9\\xc3z\\x1f)");
}

static void bad_leaves(void)
{
    char longest[OIR_TERM_MAX + 1];
    memset(longest, 'x', sizeof longest);
    oir_query *query = (oir_query *)longest;
    EXPECT_EQ(oir_query_new_term(&query, "", 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT(query == NULL);
    EXPECT_EQ(oir_query_new_term(&query, longest, sizeof longest, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_term(&query, NULL, 3, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_term_at(&query, "a", 1, 0, 1, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_prefix(&query, longest, sizeof longest, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT(query == NULL);
    REQUIRE_OK(oir_query_new_term(&query, longest, OIR_TERM_MAX, &err), err);
    oir_query_free(query);
    oir_query_free(NULL);
}

static void operators(void)
{
    expect_description(pair_of(OIR_OP_AND, term("a"), term("b")), "Query((a AND b))");
    expect_description(pair_of(OIR_OP_OR, term("a"), term("b")), "Query((a OR b))");
    expect_description(pair_of(OIR_OP_AND_NOT, term("a"), term("b")), "Query((a AND_NOT b))");
    expect_description(pair_of(OIR_OP_XOR, term("a"), term("b")), "Query((a XOR b))");
    expect_description(pair_of(OIR_OP_AND_MAYBE, term("a"), term("b")), "Query((a AND_MAYBE b))");
    expect_description(pair_of(OIR_OP_FILTER, term("a"), term("b")), "Query((a FILTER b))");
    expect_description(pair_of(OIR_OP_PHRASE, term("a"), term("b")), "Query((a PHRASE 2 b))");
    expect_description(pair_of(OIR_OP_NEAR, term("a"), term("b")), "Query((a NEAR 2 b))");
    expect_description(pair_of(OIR_OP_SYNONYM, term("a"), prefix("b")), "Query((a SYNONYM WILDCARD SYNONYM b))");
    /* What a builder was given stays as it is: nothing is merged. */
    expect_description(pair_of(OIR_OP_AND, pair_of(OIR_OP_AND, term("a"), term("b")), term("c")),
                       "Query(((a AND b) AND c))");
    oir_query *query;
    oir_query *three[] = {term("a"), term("b"), term("c")};
    REQUIRE_OK(oir_query_new_operator(&query, OIR_OP_NEAR, three, 3, 12, &err), err);
    EXPECT_EQ(oir_query_get_window(query), 12);
    EXPECT_EQ(oir_query_get_part_count(query), 3);
    EXPECT(oir_query_get_part(query, 2) == three[2]);
    EXPECT_EQ(oir_query_get_length(query), 3);
    expect_description(query, "Query((a NEAR 12 b NEAR 12 c))");
}

static void simplifications(void)
{
    oir_query *query, *one = term("a");
    REQUIRE_OK(oir_query_new_operator(&query, OIR_OP_AND, &one, 1, 0, &err), err);
    EXPECT(query == one);
    REQUIRE_OK(oir_query_new_operator(&query, OIR_OP_SYNONYM, &one, 1, 0, &err), err);
    expect_description(query, "Query((SYNONYM a))");
    REQUIRE_OK(oir_query_new_operator(&query, OIR_OP_OR, NULL, 0, 0, &err), err);
    EXPECT_EQ(oir_query_get_op(query), OIR_OP_MATCH_NONE);
    expect_description(query, "Query()");
    /* The result may go where a part was. */
    oir_query *parts[] = {term("a"), term("b")};
    REQUIRE_OK(oir_query_new_operator(&parts[0], OIR_OP_OR, parts, 2, 0, &err), err);
    expect_description(parts[0], "Query((a OR b))");
}

static void scale(void)
{
    oir_query *query;
    REQUIRE_OK(oir_query_new_scale(&query, term("a"), 2.5, &err), err);
    EXPECT(oir_query_get_factor(query) == 2.5);
    EXPECT(oir_query_get_factor(oir_query_get_part(query, 0)) == 1);
    expect_description(query, "Query(2.5 * a)");
    REQUIRE_OK(oir_query_new_scale(&query, pair_of(OIR_OP_OR, term("a"), term("b")), 0, &err), err);
    expect_description(query, "Query(0 * (a OR b))");
    EXPECT_EQ(oir_query_new_scale(&query, term("a"), -1, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_scale(&query, term("a"), INFINITY, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_scale(&query, term("a"), NAN, &err), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_query_new_scale(&query, NULL, 1, &err), OIR_INVALID_ARGUMENT);
    EXPECT(query == NULL);
}

/* Whatever is refused has been taken over: the leak checker looks on. */
static void refused_parts_are_freed(void)
{
    oir_query *query;
    oir_query *hole[] = {term("a"), NULL, term("b")};
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_AND, hole, 3, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT(query == NULL);
    oir_query *nested[] = {term("a"), pair_of(OIR_OP_OR, term("b"), term("c"))};
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_PHRASE, nested, 2, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT_STR(err.message, "PHRASE takes no OR, which part 1 is");
    oir_query *synonyms[] = {term("a"), pair_of(OIR_OP_AND, term("b"), term("c"))};
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_SYNONYM, synonyms, 2, 0, &err), OIR_INVALID_ARGUMENT);
    oir_query *narrow[] = {term("a"), term("b"), term("c")};
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_NEAR, narrow, 3, 2, &err), OIR_INVALID_ARGUMENT);
    EXPECT_STR(err.message, "a window of 2 does not fit NEAR with 3 parts");
    oir_query *wide[] = {term("a"), term("b")};
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_AND, wide, 2, 2, &err), OIR_INVALID_ARGUMENT);
    oir_query *leaf[] = {term("a"), term("b")};
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_TERM, leaf, 2, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT_STR(err.message, "TERM does not combine parts");
    oir_query *scaled[] = {term("a")};
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_SCALE, scaled, 1, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT_STR(err.message, "SCALE does not combine parts");
    oir_query *unknown[] = {term("a")};
    EXPECT_EQ(oir_query_new_operator(&query, (oir_query_op)99, unknown, 1, 0, &err), OIR_INVALID_ARGUMENT);
    EXPECT_STR(err.message, "what is no operator does not combine parts");
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_AND, NULL, 2, 0, NULL), OIR_INVALID_ARGUMENT);
}

static void limits(void)
{
    oir_query *deep = term("a");
    for (int depth = 2; depth <= OIR_QUERY_DEPTH_MAX; depth++)
        deep = pair_of(depth % 2 ? OIR_OP_AND : OIR_OP_OR, deep, term("b"));
    oir_query *query = oir_query_copy(deep);
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_AND, (oir_query *[]){query, term("c")}, 2, 0, &err), OIR_LIMIT);
    EXPECT_EQ(oir_query_new_scale(&query, oir_query_copy(deep), 2, &err), OIR_LIMIT);
    oir_query_free(deep);

    /* Copies count at each place they stand, so that a small query cannot unfold into a large one. */
    query = term("a");
    oir_status status = OIR_OK;
    int doublings = 0;
    for (; status == OIR_OK; doublings++) {
        oir_query *twice[] = {query, oir_query_copy(query)};
        status = oir_query_new_operator(&query, OIR_OP_AND, twice, 2, 0, &err);
    }
    EXPECT_EQ(status, OIR_LIMIT);
    EXPECT_EQ(doublings, 16);

    static oir_query *many[OIR_QUERY_NODES_MAX];
    for (size_t i = 0; i < OIR_QUERY_NODES_MAX; i++)
        many[i] = term("a");
    EXPECT_EQ(oir_query_new_operator(&query, OIR_OP_OR, many, OIR_QUERY_NODES_MAX, 0, &err), OIR_LIMIT);
    for (size_t i = 0; i < OIR_QUERY_NODES_MAX - 1; i++)
        many[i] = term("a");
    REQUIRE_OK(oir_query_new_operator(&query, OIR_OP_OR, many, OIR_QUERY_NODES_MAX - 1, 0, &err), err);
    EXPECT_EQ(oir_query_get_length(query), OIR_QUERY_NODES_MAX - 1);
    oir_query_free(query);
}

static void copies(void)
{
    oir_query *query = pair_of(OIR_OP_AND, term("a"), term("b"));
    oir_query *copy = oir_query_copy(query);
    oir_query_free(query);
    expect_description(copy, "Query((a AND b))");
    EXPECT(oir_query_copy(NULL) == NULL);
}

static void extend(void)
{
    oir_query *query = NULL;
    REQUIRE_OK(query_extend(&query, OIR_OP_OR, term("a"), &err), err);
    REQUIRE_OK(query_extend(&query, OIR_OP_OR, term("b"), &err), err);
    REQUIRE_OK(query_extend(&query, OIR_OP_OR, pair_of(OIR_OP_OR, term("c"), term("d")), &err), err);
    EXPECT_EQ(query->depth, 3);
    EXPECT_EQ(query->node_count, 6);
    oir_query *kept = oir_query_copy(query);
    REQUIRE_OK(query_extend(&query, OIR_OP_OR, term("e"), &err), err);
    expect_description(kept, "Query((a OR b OR (c OR d)))");
    REQUIRE_OK(query_extend(&query, OIR_OP_AND, term("f"), &err), err);
    expect_description(query, "Query((((a OR b OR (c OR d)) OR e) AND f))");
}

static void long_weights(void)
{
    oir_query *left, *right;
    REQUIRE_OK(oir_query_new_term_at(&left, "a", 1, UINT32_MAX, 1, &err), err);
    REQUIRE_OK(oir_query_new_term_at(&right, "b", 1, 5, 2, &err), err);
    oir_query *query = pair_of(OIR_OP_OR, left, right);
    EXPECT_EQ(oir_query_get_length(query), UINT32_MAX);
    oir_query_free(query);
}

int main(void)
{
    TEST(leaves);
    TEST(patterns);
    TEST(bytes_that_do_not_show);
    TEST(bad_leaves);
    TEST(operators);
    TEST(simplifications);
    TEST(scale);
    TEST(refused_parts_are_freed);
    TEST(limits);
    TEST(copies);
    TEST(extend);
    TEST(long_weights);
    return harness_end();
}
