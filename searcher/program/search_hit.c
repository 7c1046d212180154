#include "searcher/program/search_hit.h"

#include "program/program_place.h"

/* Documents of several indexes are numbered in turn. */
static const char *base_of(const search_query *search, oir_docid docid)
{
    size_t count = oir_database_get_size(search->database);
    size_t index = (docid - 1) % count;
    return program_buffer_text(&search->base[index < search->index_count ? index : 0]);
}

static void set_path(search_hit *hit, const char *base)
{
    program_buffer kept = {0};
    program_place_show(&hit->path, base, hit->record.path.data);
    program_record_add_path(&kept, &hit->record);
    program_place_show(&hit->file, base, kept.data);
    program_buffer_release(&kept);
}

static void set_title(search_hit *hit)
{
    const program_record *record = &hit->record;
    if (record->title.size > 0)
        program_buffer_add(&hit->title, record->title.data, record->title.size);
    else if (hit->path.size > 0)
        program_buffer_add(&hit->title, hit->path.data, hit->path.size);
    else if (record->id.size > 0)
        program_buffer_add(&hit->title, record->id.data, record->id.size);
    else
        program_buffer_add_format(&hit->title, "document %lu", (unsigned long)hit->docid);
}

oir_status search_hit_read(search_hit *hit, search_query *search, oir_doccount index)
{
    oir_bytes data;
    hit->rank = oir_mset_get_firstitem(search->mset) + index + 1;
    hit->docid = oir_mset_get_docid(search->mset, index);
    hit->score = oir_mset_get_weight(search->mset, index);
    oir_status status = oir_mset_get_document(search->mset, index, &hit->document, &search->err);
    if (status == OIR_OK)
        status = oir_document_get_data(hit->document, &data, &search->err);
    if (status != OIR_OK)
        return status;
    program_record_read(&hit->record, data);
    /* A line of JSON may have a member of this name; it is no file of ours then. */
    if (hit->record.path.size > 0 && hit->record.id.data == NULL)
        set_path(hit, base_of(search, hit->docid));
    set_title(hit);
    return OIR_OK;
}

void search_hit_release(search_hit *hit)
{
    program_buffer_release(&hit->path);
    program_buffer_release(&hit->file);
    program_buffer_release(&hit->title);
    program_record_release(&hit->record);
    oir_document_free(hit->document);
    *hit = (search_hit){0};
}
