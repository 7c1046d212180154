/* SQLite FTS5 as a peer of the search comparison.
 *
 *     cc -O2 fts5_peer.c -o fts5_peer -lsqlite3
 *     fts5_peer index FILE < corpus.jsonl    a contentless table with positions, optimised at the end
 *     fts5_peer query FILE                   COMMAND<TAB>query a line in, one integer a line out
 *
 * Ranks by FTS5's own bm25(). It has no optional parts of a conjunction (+a b) and no count beside the best: those
 * are UNSUPPORTED. */
#define _GNU_SOURCE
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_MAX 16384 /* bytes of a query in FTS5's syntax */

static void check(sqlite3 *db, int fine)
{
    if (!fine) {
        fprintf(stderr, "fts5_peer: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static void index_lines(sqlite3 *db)
{
    static const char begin[] = "pragma journal_mode=off; pragma synchronous=off; pragma cache_size=-200000;"
                                "create virtual table t using fts5(text, content='', tokenize='ascii'); begin";
    static const char key[] = "\"text\": \"";
    sqlite3_stmt *add;
    char *line = NULL;
    size_t capacity = 0;
    sqlite3_int64 id = 0;
    check(db, !sqlite3_exec(db, begin, NULL, NULL, NULL));
    check(db, !sqlite3_prepare_v2(db, "insert into t(rowid, text) values (?, ?)", -1, &add, NULL));
    while (getline(&line, &capacity, stdin) > 0) {
        char *text = strstr(line, key);
        if (!text)
            continue;
        text += sizeof key - 1;
        sqlite3_bind_int64(add, 1, ++id);
        sqlite3_bind_text(add, 2, text, (int)(strrchr(text - 1, '"') - text), SQLITE_STATIC);
        check(db, sqlite3_step(add) == SQLITE_DONE);
        sqlite3_reset(add);
    }
    free(line);
    sqlite3_finalize(add);
    check(db, !sqlite3_exec(db, "insert into t(t) values ('optimize'); commit", NULL, NULL, NULL));
}

/* A part of an expression: words joined by AND or OR. */
typedef struct part {
    char text[QUERY_MAX / 4];
    size_t size;
} part;

static void part_add(part *p, const char *operator_, const char *word)
{
    if (p->size + strlen(word) + 16 < sizeof p->text)
        p->size += (size_t)snprintf(p->text + p->size, sizeof p->text - p->size, "%s\"%s\"", p->size ? operator_ : "",
                                    word);
}

/* Writes the query in FTS5's syntax; 0 when it has none for it. Takes `query` apart. */
static int translate(char *query, char *match, size_t size)
{
    part must = {.size = 0}, may = {.size = 0}, no = {.size = 0};
    char *rest;
    if (*query == '"') {
        snprintf(match, size, "%s", query);
        return 1;
    }
    for (char *word = strtok_r(query, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        if (*word == '+')
            part_add(&must, " AND ", word + 1);
        else if (*word == '-')
            part_add(&no, " OR ", word + 1);
        else
            part_add(&may, " OR ", word);
    }
    if (must.size && may.size)
        return 0;
    snprintf(match, size, "%s%s%s%s%s", must.text, may.text, no.size ? " NOT (" : "", no.text, no.size ? ")" : "");
    return 1;
}

static void answer(sqlite3 *db, const char *command, const char *match)
{
    char sql[128] = "select count(*) from t(?)";
    int count = strcmp(command, "COUNT") == 0;
    sqlite3_stmt *ask;
    sqlite3_int64 n = 0;
    if (!count)
        snprintf(sql, sizeof sql, "select rowid from t(?) order by rank limit %d", atoi(command + 4));
    check(db, !sqlite3_prepare_v2(db, sql, -1, &ask, NULL));
    sqlite3_bind_text(ask, 1, match, -1, SQLITE_STATIC);
    while (sqlite3_step(ask) == SQLITE_ROW)
        n = count ? sqlite3_column_int64(ask, 0) : n + 1;
    sqlite3_finalize(ask);
    printf("%lld\n", n);
}

static void answer_lines(sqlite3 *db)
{
    static char match[QUERY_MAX];
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        char *tab = strchr(line, '\t');
        int known = tab != NULL;
        if (known) {
            *tab = '\0';
            int both = strncmp(line, "TOP_", 4) == 0 && strstr(line, "COUNT");
            known = !both && translate(tab + 1, match, sizeof match);
        }
        if (known)
            answer(db, line, match);
        else
            puts("UNSUPPORTED");
        fflush(stdout);
    }
    free(line);
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    int indexing = argc == 3 && strcmp(argv[1], "index") == 0;
    if (!indexing && (argc != 3 || strcmp(argv[1], "query") != 0)) {
        fprintf(stderr, "usage: fts5_peer index|query FILE\n");
        return 2;
    }
    if (indexing)
        remove(argv[2]);
    int opened = sqlite3_open(argv[2], &db);
    check(db, !opened);
    if (indexing)
        index_lines(db);
    else
        answer_lines(db);
    sqlite3_close(db);
    return 0;
}
