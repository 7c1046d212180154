#include "bench/line_batches.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool keep(line_batch *b, const char *line, size_t size, size_t bytes)
{
    if (b->size + size > b->capacity) {
        size_t capacity = (b->size + size > bytes ? b->size + size : bytes) / 8 * 9 + 8;
        char *text = realloc(b->text, capacity);
        if (!text)
            return false;
        b->text = text;
        b->capacity = capacity;
    }
    if (b->count == b->line_capacity) {
        size_t capacity = b->line_capacity * 2 + 1024;
        line_batch_line *grown = realloc(b->lines, capacity * sizeof *grown);
        if (!grown)
            return false;
        b->lines = grown;
        b->line_capacity = capacity;
    }
    memcpy(b->text + b->size, line, size);
    b->size += size;
    b->lines[b->count++] = (line_batch_line){b->read, b->size};
    return true;
}

/* Takes the next line. False when out of memory. */
static bool take(const line_batches *all, line_batch *b, char *line, size_t size)
{
    if (size > all->bytes) {
        b->line = line;
        b->line_size = size;
        return true;
    }
    return size == 0 || keep(b, line, size, all->bytes);
}

static void read_batch(line_batches *all, line_batch *b)
{
    char *line;
    size_t size;
    b->size = b->count = 0;
    b->line = NULL;
    do {
        b->more = lines_next(all->in, &line, &size);
        b->read += b->more > 0;
        if (b->more > 0 && !take(all, b, line, size)) {
            b->more = -1;
            errno = ENOMEM;
        }
        b->failed = errno;
    } while (b->more > 0 && !b->line && b->size < all->bytes && !(all->stop && b->read % all->stop == 0));
}

static void *run(void *context)
{
    line_batches *all = context;
    read_batch(all, all->reading);
    return NULL;
}

void line_batches_init(line_batches *b, lines *in, size_t bytes, unsigned long stop)
{
    *b = (line_batches){.in = in, .bytes = bytes, .stop = stop};
    b->reading = &b->batches[0];
}

static void wait_for(line_batches *b)
{
    if (b->begun)
        pthread_join(b->thread, NULL);
    b->begun = false;
}

void line_batches_release(line_batches *b)
{
    wait_for(b);
    for (int i = 0; i < 2; i++) {
        free(b->batches[i].text);
        free(b->batches[i].lines);
    }
}

line_batch *line_batches_next(line_batches *b)
{
    bool read = b->begun;
    wait_for(b);
    line_batch *batch = b->reading;
    if (!read) /* the first, or there was no thread */
        read_batch(b, batch);
    b->reading = batch == b->batches ? b->batches + 1 : b->batches;
    b->reading->read = batch->read;
    if (batch->more > 0 && !batch->line)
        b->begun = pthread_create(&b->thread, NULL, run, b) == 0;
    return batch;
}
