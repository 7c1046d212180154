# What `cmake --install` puts where: headers, both libraries, programs, man pages, and the files by which pkg-config
# and find_package(oir) find them.
include(CMakePackageConfigHelpers)

set(cmake_folder ${CMAKE_INSTALL_LIBDIR}/cmake/oir)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/common/include/oir DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h")
install(TARGETS oir oir_static EXPORT oirTargets
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
get_property(programs GLOBAL PROPERTY OIR_PROGRAMS)
if(programs)
    install(TARGETS ${programs} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/docs/man)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
            FILES_MATCHING PATTERN "*.1")
endif()
# The headers speak of docs/text.md; what is typed is in docs/queries.md.
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/docs/text.md ${PROJECT_SOURCE_DIR}/docs/queries.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT oirTargets NAMESPACE oir:: DESTINATION ${cmake_folder})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/oirConfig.cmake.in ${CMAKE_BINARY_DIR}/oirConfig.cmake
                              INSTALL_DESTINATION ${cmake_folder})
# Before 1.0 a minor version may break what used the one before.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/oirConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/oirConfig.cmake ${CMAKE_BINARY_DIR}/oirConfigVersion.cmake
        DESTINATION ${cmake_folder})

# The prefix is said relative to the file, so that the tree may be installed or moved anywhere.
file(RELATIVE_PATH OIR_PC_TO_PREFIX ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" OIR_PC_TO_PREFIX "${OIR_PC_TO_PREFIX}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/oir.pc.in ${CMAKE_BINARY_DIR}/oir.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/oir.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
