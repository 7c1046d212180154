/* All of oir. Where to look: writable_database.h to make an index, database.h, query_parser.h and enquire.h to ask it,
 * snippet.h to show what was found; error.h and types.h for the conventions of all. */
#ifndef OIR_OIR_H
#define OIR_OIR_H

#include <oir/database.h>
#include <oir/document.h>
#include <oir/enquire.h>
#include <oir/error.h>
#include <oir/inspect.h>
#include <oir/iterator.h>
#include <oir/memory.h>
#include <oir/mset.h>
#include <oir/query.h>
#include <oir/query_parser.h>
#include <oir/snippet.h>
#include <oir/stemmer.h>
#include <oir/stopper.h>
#include <oir/term_generator.h>
#include <oir/types.h>
#include <oir/version.h>
#include <oir/weight.h>
#include <oir/writable_database.h>

#endif
