# The libraries that oir stands on. Each is looked for by header and library, since libstemmer has no pkg-config file,
# and a missing one is named with the Debian package that brings it.

# oir_find(<variable> <header> <library> <package>): sets <variable>_INCLUDE_DIR and <variable>_LIBRARY.
function(oir_find variable header library package)
    find_path(${variable}_INCLUDE_DIR ${header})
    find_library(${variable}_LIBRARY ${library})
    mark_as_advanced(${variable}_INCLUDE_DIR ${variable}_LIBRARY)
    if(NOT ${variable}_INCLUDE_DIR OR NOT ${variable}_LIBRARY)
        message(FATAL_ERROR "${header} or lib${library} is missing. On Debian: apt-get install ${package}. "
                            "Elsewhere: set ${variable}_INCLUDE_DIR and ${variable}_LIBRARY.")
    endif()
endfunction()

oir_find(OIR_LMDB lmdb.h lmdb liblmdb-dev)
oir_find(OIR_STEMMER libstemmer.h stemmer libstemmer-dev)
oir_find(OIR_ZLIB zlib.h z zlib1g-dev)
# May be missing: then zlib does what it would do.
if(OIR_LIBDEFLATE)
    find_path(OIR_LIBDEFLATE_INCLUDE_DIR libdeflate.h)
    find_library(OIR_LIBDEFLATE_LIBRARY deflate)
    mark_as_advanced(OIR_LIBDEFLATE_INCLUDE_DIR OIR_LIBDEFLATE_LIBRARY)
endif()
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# What liboir needs to compile and to link.
add_library(oir_dependencies INTERFACE)
target_include_directories(oir_dependencies SYSTEM INTERFACE
    ${OIR_LMDB_INCLUDE_DIR} ${OIR_STEMMER_INCLUDE_DIR} ${OIR_ZLIB_INCLUDE_DIR})
target_link_libraries(oir_dependencies INTERFACE
    ${OIR_LMDB_LIBRARY} ${OIR_STEMMER_LIBRARY} ${OIR_ZLIB_LIBRARY} Threads::Threads m)

if(OIR_LIBDEFLATE AND OIR_LIBDEFLATE_INCLUDE_DIR AND OIR_LIBDEFLATE_LIBRARY)
    target_include_directories(oir_dependencies SYSTEM INTERFACE ${OIR_LIBDEFLATE_INCLUDE_DIR})
    target_link_libraries(oir_dependencies INTERFACE ${OIR_LIBDEFLATE_LIBRARY})
    target_compile_definitions(oir_dependencies INTERFACE OIR_HAS_LIBDEFLATE)
    set(OIR_LIBDEFLATE_INSTALLED $<INSTALL_INTERFACE:deflate>)
    set(OIR_PC_LIBDEFLATE " -ldeflate")
endif()

# Only programs read and write JSON; the library does not link it.
if(OIR_BUILD_PROGRAMS OR OIR_BUILD_BENCH OR OIR_BUILD_TESTS)
    oir_find(OIR_JANSSON jansson.h jansson libjansson-dev)
    add_library(oir_jansson INTERFACE)
    target_include_directories(oir_jansson SYSTEM INTERFACE ${OIR_JANSSON_INCLUDE_DIR})
    target_link_libraries(oir_jansson INTERFACE ${OIR_JANSSON_LIBRARY})
endif()
