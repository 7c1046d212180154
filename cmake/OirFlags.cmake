# Compiler settings for every target of the tree.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_FLAGS_RELEASE "-O3 -DNDEBUG")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# POSIX 2008 and the usual BSD and Linux calls. A file that needs more (open-file-description locks) defines
# _GNU_SOURCE itself: defined for all, it would change what strerror_r means.
add_compile_definitions(_DEFAULT_SOURCE _POSIX_C_SOURCE=200809L _FILE_OFFSET_BITS=64)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion)
if(OIR_WERROR)
    add_compile_options(-Werror)
endif()

# Scores must be the same bits on every path and machine, so no multiplication and addition may be fused unasked.
add_compile_options(-ffp-contract=off)

if(OIR_SANITIZE)
    add_compile_options(-fsanitize=${OIR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer
                        $<$<NOT:$<CONFIG:Debug>>:-g1>) # Debug has its own; reports need lines only
    add_link_options(-fsanitize=${OIR_SANITIZE})
endif()
