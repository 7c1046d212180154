/* An index under construction in a folder of its own, and beside it the same documents for the exhaustive scorer. */
#ifndef TESTS_DIFFERENTIAL_DIFFERENTIAL_WORLD_H
#define TESTS_DIFFERENTIAL_DIFFERENTIAL_WORLD_H

#include <oir/database.h>
#include <oir/writable_database.h>

#include "differential/exhaustive.h"
#include "harness.h"
#include "helper/scratch.h"

typedef struct world {
    char *folder, path[SCRATCH_PATH];
    oir_writable_database *writer; /* NULL when nothing is being written */
    exhaustive *model;
} world;

static oir_error world_error;

/* How many queries the environment asks for. */
static inline uint32_t world_queries(uint32_t otherwise)
{
    const char *given = getenv("OIR_QUERIES");
    uint32_t wanted = given ? (uint32_t)strtoul(given, NULL, 10) : 0;
    return wanted ? wanted : otherwise;
}

static inline void world_write(world *w, oir_reorder reorder)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.reorder = reorder;
    REQUIRE_OK(oir_writable_database_open(&w->writer, w->path, &options, &world_error), world_error);
}

static inline void world_open(world *w, oir_reorder reorder)
{
    w->folder = scratch_open();
    scratch_path(w->path, w->folder, "index");
    w->model = exhaustive_new();
    world_write(w, reorder);
}

static inline void world_put(world *w, oir_docid docid, const oir_document *d)
{
    REQUIRE_OK(oir_writable_database_replace_document(w->writer, docid, d, &world_error), world_error);
    exhaustive_set(w->model, docid, d);
}

static inline void world_remove(world *w, oir_docid docid)
{
    REQUIRE_OK(oir_writable_database_delete_document(w->writer, docid, &world_error), world_error);
    exhaustive_remove(w->model, docid);
}

static inline void world_commit(world *w)
{
    REQUIRE_OK(oir_writable_database_commit(w->writer, &world_error), world_error);
}

/* Ends writing; uncommitted changes are lost. */
static inline void world_finish(world *w)
{
    oir_writable_database_close(w->writer);
    w->writer = NULL;
}

/* The last commit, to be closed by the caller. */
static inline oir_database *world_ask(const world *w)
{
    oir_database *database;
    REQUIRE_OK(oir_database_open(&database, w->path, &world_error), world_error);
    return database;
}

static inline void world_close(world *w)
{
    world_finish(w);
    exhaustive_free(w->model);
    scratch_close(strdup(w->path));
    scratch_close(w->folder);
}

#endif
