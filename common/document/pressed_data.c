#include "document/pressed_data.h"

#include "base/error.h"

enum { LEVEL = 2 /* of zlib */ };

void pressed_data_release(pressed_data *p)
{
    blob_stream_free(p->stream);
    spill_release(&p->file);
    *p = (pressed_data){0};
}

static oir_status keep(void *context, const uint8_t *bytes, size_t size, oir_error *err)
{
    return spill_add(context, bytes, size, err);
}

oir_status pressed_data_add(pressed_data *p, const void *bytes, size_t size, oir_error *err)
{
    if (!p->stream)
        ERROR_FORWARD(blob_stream_new(&p->stream, LEVEL, keep, &p->file, err));
    ERROR_FORWARD(blob_stream_add(p->stream, bytes, size, err));
    p->size += size;
    return OIR_OK;
}

oir_status pressed_data_end(pressed_data *p, oir_error *err)
{
    if (p->lost)
        return error_set(err, OIR_IO, "a document's data could not be written and is lost: set it again");
    if (!p->stream)
        return OIR_OK;
    oir_status status = blob_stream_end(p->stream, err);
    blob_stream_free(p->stream);
    p->stream = NULL;
    p->lost = status != OIR_OK;
    return status;
}

static oir_status read_pressed(const pressed_data *p, blob_decoder *d, buffer *pressed, buffer *out, oir_error *err)
{
    size_t before = out->size;
    if (!buffer_extend(pressed, (size_t)p->file.size) || !buffer_extend(out, (size_t)p->size))
        return error_no_memory(err, "a document's data");
    oir_status status = spill_read(&p->file, 0, pressed->data, pressed->size, err);
    if (status == OIR_OK)
        status = blob_decoder_init(d, NULL, 0, err);
    if (status == OIR_OK)
        status = blob_decoder_get(d, pressed->data, pressed->size, out->data + before, (size_t)p->size, err);
    if (status)
        out->size = before;
    return status;
}

oir_status pressed_data_read(const pressed_data *p, buffer *out, oir_error *err)
{
    blob_decoder d = {0};
    buffer pressed = BUFFER_INIT;
    oir_status status = read_pressed(p, &d, &pressed, out, err);
    blob_decoder_release(&d);
    buffer_release(&pressed);
    return status;
}
