#include <oir/stemmer.h>
#include <oir/stopper.h>

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "text/stopwords.h"

/* Words one after another in `bytes`; an open-addressed table of where they are. */
typedef struct stopper_slot {
    uint32_t begin, size; /* size 0: empty */
} stopper_slot;

struct oir_stopper {
    buffer bytes;
    stopper_slot *slots;
    size_t capacity, count; /* capacity is a power of 2 and more than twice the count, or 0 */
};

oir_status oir_stopper_new(oir_stopper **out, oir_error *err)
{
    *out = memory_new_zeroed(1, sizeof **out);
    return *out ? OIR_OK : error_no_memory(err, "a stopper");
}

void oir_stopper_free(oir_stopper *stopper)
{
    if (!stopper)
        return;
    buffer_release(&stopper->bytes);
    memory_free(stopper->slots);
    memory_free(stopper);
}

/* The word's slot, or the empty one where it would go. capacity must not be 0. */
static stopper_slot *find_slot(const oir_stopper *stopper, const char *word, size_t size)
{
    for (size_t at = hash_bytes(word, size, 0);; at++) {
        stopper_slot *slot = &stopper->slots[at & (stopper->capacity - 1)];
        if (slot->size == 0 ||
            (slot->size == size && memcmp(stopper->bytes.data + slot->begin, word, size) == 0))
            return slot;
    }
}

bool oir_stopper_has(const oir_stopper *stopper, const char *word, size_t size)
{
    return stopper->count > 0 && size > 0 && find_slot(stopper, word, size)->size > 0;
}

static oir_status grow(oir_stopper *stopper, oir_error *err)
{
    oir_stopper larger = *stopper;
    larger.capacity = stopper->capacity ? stopper->capacity * 2 : 64;
    larger.slots = memory_new_zeroed(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return error_no_memory(err, "a stopper");
    for (size_t i = 0; i < stopper->capacity; i++) {
        const stopper_slot *slot = &stopper->slots[i];
        if (slot->size)
            *find_slot(&larger, (const char *)stopper->bytes.data + slot->begin, slot->size) = *slot;
    }
    memory_free(stopper->slots);
    *stopper = larger;
    return OIR_OK;
}

static oir_status add_word(oir_stopper *stopper, const char *word, size_t size, oir_error *err)
{
    if (size == 0 || size > OIR_TERM_MAX) /* no term is that long, so none can be stopped */
        return OIR_OK;
    if (stopper->capacity < (stopper->count + 1) * 2)
        ERROR_FORWARD(grow(stopper, err));
    stopper_slot *slot = find_slot(stopper, word, size);
    if (slot->size)
        return OIR_OK;
    size_t begin = stopper->bytes.size;
    buffer_add(&stopper->bytes, word, size);
    if (stopper->bytes.failed) {
        stopper->bytes.failed = false;
        return error_no_memory(err, "a stopper");
    }
    *slot = (stopper_slot){(uint32_t)begin, (uint32_t)size};
    stopper->count++;
    return OIR_OK;
}

oir_status oir_stopper_add(oir_stopper *stopper, const char *word, oir_error *err)
{
    return add_word(stopper, word, strlen(word), err);
}

static oir_status add_list(oir_stopper *stopper, const char *list, oir_error *err)
{
    while (*list) {
        size_t size = strcspn(list, " ");
        ERROR_FORWARD(add_word(stopper, list, size, err));
        list += size + strspn(list + size, " ");
    }
    return OIR_OK;
}

oir_status oir_stopper_new_for(oir_stopper **out, const char *language, oir_error *err)
{
    *out = NULL;
    oir_stemmer *stemmer = NULL;
    oir_stopper *stopper = NULL;
    oir_status status;
    ERROR_GOTO_DONE(oir_stemmer_new(&stemmer, language, err));
    const char *name = oir_stemmer_language(stemmer), *list = stopwords_find(name);
    if (!list) {
        status = error_set(err, OIR_NOT_FOUND,
                           "no stop words for the language \"%s\"; add your own to an empty stopper", name);
        goto done;
    }
    ERROR_GOTO_DONE(oir_stopper_new(&stopper, err));
    ERROR_GOTO_DONE(add_list(stopper, list, err));
    *out = stopper;
    stopper = NULL;
done:
    oir_stopper_free(stopper);
    oir_stemmer_free(stemmer);
    return status;
}
