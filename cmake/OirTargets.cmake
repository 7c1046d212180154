# The libraries, and the functions by which folders add to them.
#
#     oir_room(<folder>)                      goes into a sub-folder
#     oir_sources(<file.c>...)                adds files of this folder to liboir
#     oir_program(<name> <file.c>... [NOT_INSTALLED] [LIBRARIES <target>...])
#                                             a program over the public headers, in bin/; NOT_INSTALLED: for
#                                             developers, built whether programs are wanted or not
#     oir_micro(<name> <file.c>... [LIBRARIES <target>...])
#                                             a benchmark that sees the internals, in bin/
#     oir_test(<name> <file.c>... [PUBLIC] [NO_VALGRIND] [LIBRARIES <target>...] [ARGS <arg>...] [LABELS <label>...]
#              [TIMEOUT <seconds>])           a test program that sees the internals (PUBLIC: only what is exported)
#     oir_script_test(<name> <command>... [LABELS <label>...] [TIMEOUT <seconds>])
#                                             a test that is a script; exit code 77 means skipped
#
# Label a test `threads` when it starts any: those alone run under the thread sanitizer. With OIR_VALGRIND each test
# program is a second test too, under valgrind; NO_VALGRIND: not this one, and a comment says why. Tests run with
# OIR_SOURCE_DIR (this tree), OIR_BUILD_DIR and OIR_BIN_DIR (the programs) in the environment.

# Everything is compiled once, position-independent and hidden; the three libraries below are made of these objects.
add_library(oir_objects OBJECT)
target_include_directories(oir_objects PRIVATE
    ${PROJECT_SOURCE_DIR}/common/include ${PROJECT_SOURCE_DIR}/common ${PROJECT_SOURCE_DIR})
target_link_libraries(oir_objects PRIVATE oir_dependencies)

set(OIR_LINK_ORDINARY "LINKER:--no-undefined")
if(OIR_SANITIZE OR APPLE)
    set(OIR_LINK_ORDINARY "")
endif()

# liboir.so
add_library(oir SHARED $<TARGET_OBJECTS:oir_objects>)
add_library(oir::oir ALIAS oir)
set_target_properties(oir PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${OIR_SOVERSION} LINKER_LANGUAGE C)
target_link_libraries(oir PRIVATE oir_dependencies)
target_link_options(oir PRIVATE ${OIR_LINK_ORDINARY})
target_include_directories(oir INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/common/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# liboir.a. Visibility means nothing to a linker that takes an archive apart, so its objects are joined into one first
# and what is hidden is made local: a program with a function of its own called buffer_add must still link. Where that
# cannot be done (no objcopy, sanitizers' own sections) the archive is an ordinary one.
find_program(OIR_OBJCOPY NAMES ${CMAKE_OBJCOPY} objcopy)
mark_as_advanced(OIR_OBJCOPY)
if(OIR_OBJCOPY AND CMAKE_LINKER AND NOT OIR_SANITIZE AND NOT APPLE)
    set(joined ${CMAKE_BINARY_DIR}/oir_joined.o)
    add_custom_command(
        OUTPUT ${joined}
        COMMAND ${CMAKE_LINKER} -r -o ${joined} $<TARGET_OBJECTS:oir_objects>
        COMMAND ${OIR_OBJCOPY} --localize-hidden ${joined}
        DEPENDS oir_objects $<TARGET_OBJECTS:oir_objects>
        COMMENT "Joining the objects of liboir.a"
        COMMAND_EXPAND_LISTS VERBATIM)
    set_source_files_properties(${joined} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
    add_library(oir_static STATIC ${joined})
    set(OIR_STATIC_IS_JOINED TRUE)
else()
    add_library(oir_static STATIC $<TARGET_OBJECTS:oir_objects>)
endif()
add_library(oir::oir_static ALIAS oir_static)
set_target_properties(oir_static PROPERTIES OUTPUT_NAME oir LINKER_LANGUAGE C)
target_include_directories(oir_static INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/common/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(oir_static INTERFACE
    $<BUILD_INTERFACE:oir_dependencies> $<INSTALL_INTERFACE:lmdb> $<INSTALL_INTERFACE:stemmer>
    $<INSTALL_INTERFACE:z> ${OIR_LIBDEFLATE_INSTALLED} $<INSTALL_INTERFACE:Threads::Threads> $<INSTALL_INTERFACE:m>)

# For tests and micro benchmarks, which look inside: an archive, so that each takes only the objects that it needs.
add_library(oir_internal STATIC EXCLUDE_FROM_ALL $<TARGET_OBJECTS:oir_objects>)
set_target_properties(oir_internal PROPERTIES LINKER_LANGUAGE C)
target_include_directories(oir_internal INTERFACE
    ${PROJECT_SOURCE_DIR}/common/include ${PROJECT_SOURCE_DIR}/common ${PROJECT_SOURCE_DIR})
target_link_libraries(oir_internal INTERFACE oir_dependencies)

# Targets that stand for several: all programs, and the tests that have a label.
add_custom_target(oir_programs)
if(OIR_BUILD_TESTS)
    add_custom_target(oir_tests_threads)
endif()

function(oir_room folder)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
        add_subdirectory(${folder})
    endif()
endfunction()

function(oir_sources)
    list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    target_sources(oir_objects PRIVATE ${ARGN})
endfunction()

# Programs link the static library: one file to copy, nothing for the loader to find, and a faster start.
function(oir_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "NOT_INSTALLED" "" "LIBRARIES")
    if(NOT OIR_BUILD_PROGRAMS AND NOT arg_NOT_INSTALLED)
        return()
    endif()
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE oir_static ${arg_LIBRARIES})
    if(arg_NOT_INSTALLED)
        return()
    endif()
    set_property(GLOBAL APPEND PROPERTY OIR_PROGRAMS ${name})
    add_dependencies(oir_programs ${name})
endfunction()

function(oir_micro name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(${name} PRIVATE oir_internal ${arg_LIBRARIES})
endfunction()

function(oir_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "PUBLIC;NO_VALGRIND" "TIMEOUT" "LIBRARIES;ARGS;LABELS")
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    if(arg_PUBLIC)
        target_link_libraries(${name} PRIVATE oir_static ${arg_LIBRARIES})
    else()
        target_link_libraries(${name} PRIVATE oir_internal ${arg_LIBRARIES})
    endif()
    oir_register_test(${name} "${arg_TIMEOUT}" "${arg_LABELS}" $<TARGET_FILE:${name}> ${arg_ARGS})
    if(NOT arg_NO_VALGRIND)
        oir_register_valgrind(${name} ${OIR_VALGRIND_COMMAND} $<TARGET_FILE:${name}> ${arg_ARGS})
    endif()
    foreach(label ${arg_LABELS})
        if(TARGET oir_tests_${label})
            add_dependencies(oir_tests_${label} ${name})
        endif()
    endforeach()
endfunction()

function(oir_script_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LABELS")
    oir_register_test(${name} "${arg_TIMEOUT}" "${arg_LABELS}" ${arg_UNPARSED_ARGUMENTS})
endfunction()

set(OIR_TEST_ENVIRONMENT
    OIR_SOURCE_DIR=${PROJECT_SOURCE_DIR} OIR_BUILD_DIR=${CMAKE_BINARY_DIR} OIR_BIN_DIR=${CMAKE_BINARY_DIR}/bin)

function(oir_register_test name timeout labels)
    if(NOT timeout)
        set(timeout 300)
    endif()
    add_test(NAME ${name} COMMAND ${ARGN})
    set_tests_properties(${name} PROPERTIES
        TIMEOUT ${timeout} LABELS "${labels}" SKIP_RETURN_CODE 77
        ENVIRONMENT "${OIR_TEST_ENVIRONMENT}")
endfunction()

if(OIR_VALGRIND)
    find_program(OIR_VALGRIND_PROGRAM valgrind REQUIRED)
    mark_as_advanced(OIR_VALGRIND_PROGRAM)
endif()
# Threads take turns: otherwise one that waits for another by spinning may wait long.
set(OIR_VALGRIND_COMMAND ${OIR_VALGRIND_PROGRAM} --quiet --leak-check=full --error-exitcode=99 --fair-sched=yes)

# The second test. It is so slow there that it does not do everything as often.
function(oir_register_valgrind name)
    if(OIR_VALGRIND)
        oir_register_test(valgrind_${name} 600 valgrind ${ARGN})
        set_property(TEST valgrind_${name} APPEND PROPERTY ENVIRONMENT
            OIR_EFFORT=5 OIR_QUERIES=40)
    endif()
endfunction()
