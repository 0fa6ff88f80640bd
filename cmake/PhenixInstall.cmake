# The library that users link: phenix::phenix, all rooms of the embedded database in one archive.
# Called after the rooms are known; the rooms of the server stay out.
#
# `cmake --install build/release --prefix DIR` puts libphenix.a, include/phenix/ and a package file
# there, so that `find_package(phenix)` finds them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# How a program that uses the installed library finds what the rooms link to.
set(PHENIX_FIND_RocksDB::rocksdb-shared "find_dependency(RocksDB CONFIG)")
set(PHENIX_FIND_simdjson::simdjson "find_dependency(simdjson CONFIG)")
set(PHENIX_FIND_ICU::uc "find_dependency(ICU COMPONENTS uc)")
set(PHENIX_FIND_OpenSSL::Crypto "find_dependency(OpenSSL 3.0 COMPONENTS Crypto)")
set(PHENIX_FIND_roaring::roaring "find_dependency(roaring CONFIG)")
set(PHENIX_FIND_Threads::Threads "find_dependency(Threads)")
set(PHENIX_FIND_PkgConfig::RE2
    "find_dependency(PkgConfig)\npkg_check_modules(RE2 REQUIRED IMPORTED_TARGET GLOBAL re2)")

function(phenix_library)
  get_property(rooms GLOBAL PROPERTY PHENIX_ROOMS)
  if(NOT "database" IN_LIST rooms)
    return()
  endif()
  add_library(phenix STATIC)
  add_library(phenix::phenix ALIAS phenix)
  set_target_properties(phenix PROPERTIES LINKER_LANGUAGE CXX)
  set(external Threads::Threads)
  foreach(room ${rooms})
    if(NOT room MATCHES "^(cluster|api|server)(/|$)")
      string(REPLACE "/" "_" name ${room})
      target_sources(phenix PRIVATE $<TARGET_OBJECTS:phenix_${name}>)
      get_property(libraries GLOBAL PROPERTY PHENIX_LIBRARIES_${name})
      list(APPEND external ${libraries})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES external)
  find_package(Threads REQUIRED)
  phenix_link_external(phenix "${external}")
  target_link_libraries(phenix PUBLIC phenix_headers)

  install(TARGETS phenix phenix_headers EXPORT phenixTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/phenix DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
          FILES_MATCHING PATTERN "*.h")
  install(EXPORT phenixTargets NAMESPACE phenix:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/phenix)
  write_basic_package_version_file(${CMAKE_BINARY_DIR}/phenixConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_BINARY_DIR}/phenixConfig.cmake ${CMAKE_BINARY_DIR}/phenixConfigVersion.cmake
          DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/phenix)
endfunction()

# Links `target` to the external libraries and writes the package file that finds them again.
function(phenix_link_external target libraries)
  set(finds "")
  foreach(library ${libraries})
    if(IS_ABSOLUTE "${library}")
      # A file found on this machine: by its name on the next one.
      get_filename_component(name ${library} NAME_WE)
      string(REGEX REPLACE "^lib" "" name ${name})
      target_link_libraries(${target} PUBLIC ${name})
      continue()
    endif()
    if(NOT DEFINED PHENIX_FIND_${library})
      message(FATAL_ERROR "cmake/PhenixInstall.cmake does not say how users find ${library}")
    endif()
    target_link_libraries(${target} PUBLIC ${library})
    string(APPEND finds "${PHENIX_FIND_${library}}\n")
  endforeach()
  file(WRITE ${CMAKE_BINARY_DIR}/phenixConfig.cmake
       "include(CMakeFindDependencyMacro)\n${finds}"
       "include(\${CMAKE_CURRENT_LIST_DIR}/phenixTargets.cmake)\n")
endfunction()
