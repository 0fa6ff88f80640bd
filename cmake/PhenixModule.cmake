# One room of the house = one library + its tests + its link test + its header check.
#
#   phenix_module(storage
#     SOURCES kv_engine.cc ...          files of the library
#     HEADERS kv_engine.h ...           every header of the room; each must compile alone
#     TESTS kv_engine_test.cc ...       one test binary phenix_<room>_test
#     FUZZERS frame_fuzz.cc ...         one libFuzzer binary each (clang), a smoke run in ctest
#     DEPENDS base io                   rooms above this one, and nothing else
#     LIBRARIES RocksDB::rocksdb-shared external libraries
#     THROWS                            this room wraps throwing libraries: exceptions stay on)
function(phenix_module room)
  cmake_parse_arguments(M "THROWS" "" "SOURCES;HEADERS;TESTS;FUZZERS;DEPENDS;LIBRARIES;TEST_LIBRARIES;TEST_LABELS" ${ARGN})
  string(REPLACE "/" "_" name ${room})
  set(target phenix_${name})
  add_library(${target} STATIC ${M_SOURCES})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/src>)
  target_link_libraries(${target} PUBLIC phenix_headers ${M_LIBRARIES} PRIVATE phenix_compiler)
  if(NOT M_THROWS)
    target_link_libraries(${target} PRIVATE phenix_no_exceptions)
  endif()
  set(declared "")
  foreach(dependency ${M_DEPENDS})
    string(REPLACE "/" "_" dependency_name ${dependency})
    list(APPEND declared phenix_${dependency_name})
  endforeach()
  target_link_libraries(${target} PUBLIC ${declared})
  set_target_properties(${target} PROPERTIES CXX_VERIFY_INTERFACE_HEADER_SETS OFF)
  if(M_HEADERS)
    target_sources(${target} PUBLIC FILE_SET room_headers TYPE HEADERS
      BASE_DIRS ${CMAKE_SOURCE_DIR}/src FILES ${M_HEADERS})
    set_target_properties(${target} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  endif()
  set_property(GLOBAL APPEND PROPERTY PHENIX_ROOMS ${room})
  set_property(GLOBAL PROPERTY PHENIX_LIBRARIES_${name} ${M_LIBRARIES})

  if(NOT PHENIX_BUILD_TESTS)
    return()
  endif()
  # Link test: the whole library, linked against its declared rooms only.
  file(GENERATE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}_link_test.cc
       CONTENT "int main() { return 0; }\n")
  add_executable(${target}_link_test ${CMAKE_CURRENT_BINARY_DIR}/${name}_link_test.cc)
  target_link_libraries(${target}_link_test PRIVATE
    $<LINK_LIBRARY:WHOLE_ARCHIVE,${target}> ${declared} ${M_LIBRARIES})
  add_test(NAME house.link.${name} COMMAND ${target}_link_test)
  set_tests_properties(house.link.${name} PROPERTIES LABELS house)

  if(M_TESTS)
    phenix_test(${target}_test SOURCES ${M_TESTS} LIBRARIES ${target} ${M_TEST_LIBRARIES}
                LABELS unit ${name} ${M_TEST_LABELS})
  endif()
  foreach(fuzzer ${M_FUZZERS})
    phenix_fuzzer(${fuzzer} ${target})
  endforeach()
endfunction()

# A GoogleTest binary, registered as one ctest entry; its own output carries the counts.
function(phenix_test target)
  cmake_parse_arguments(T "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 600)
  endif()
  add_executable(${target} ${T_SOURCES})
  target_link_libraries(${target} PRIVATE ${T_LIBRARIES} phenix_compiler GTest::gtest GTest::gmock
                        GTest::gtest_main)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
  add_test(NAME ${target} COMMAND ${target})
  set_tests_properties(${target} PROPERTIES LABELS "${T_LABELS}" TIMEOUT ${T_TIMEOUT})
endfunction()

# `name_fuzz.cc` defines LLVMFuzzerTestOneInput. Clang links libFuzzer; other compilers and
# sanitizers without a fuzzer runtime link tests/fuzz/driver.cc, which runs seeded mutations of
# the corpus in tests/fuzz/corpus/<name>/.
function(phenix_fuzzer source library)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source} ${CMAKE_SOURCE_DIR}/tests/fuzz/driver.cc)
  target_link_libraries(${name} PRIVATE ${library} phenix_compiler)
  add_test(NAME fuzz.${name}
           COMMAND ${name} --runs=20000 --seed=1 ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz-smoke TIMEOUT 900)
  add_executable(${name}_coverage EXCLUDE_FROM_ALL ${source})
  target_link_libraries(${name}_coverage PRIVATE ${library} phenix_compiler -fsanitize=fuzzer)
endfunction()

# A benchmark that `./dev bench` runs. ARGS are for the real run, SMOKE_ARGS (default --smoke) for
# the tiny one in CI, which only shows that it still works. Ends with an error when it cannot run.
file(WRITE ${CMAKE_BINARY_DIR}/benchmarks.txt "")
function(phenix_benchmark target)
  cmake_parse_arguments(B "" "" "SOURCES;LIBRARIES;ARGS;SMOKE_ARGS" ${ARGN})
  if(NOT PHENIX_BUILD_BENCH)
    return()
  endif()
  if(NOT B_SMOKE_ARGS)
    set(B_SMOKE_ARGS --smoke)
  endif()
  add_executable(${target} ${B_SOURCES})
  target_link_libraries(${target} PRIVATE ${B_LIBRARIES} phenix_compiler)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR} ${CMAKE_SOURCE_DIR}/src)
  list(JOIN B_ARGS " " run_arguments)
  list(JOIN B_SMOKE_ARGS " " smoke_arguments)
  file(APPEND ${CMAKE_BINARY_DIR}/benchmarks.txt "${target}|${run_arguments}|${smoke_arguments}\n")
endfunction()
