# Warnings, sanitizers and the linker, the same for every room.
add_library(phenix_compiler INTERFACE)
target_compile_options(phenix_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(phenix_compiler INTERFACE -Wthread-safety -Wthread-safety-beta)
else()
  # GCC 12 reports these in inlined standard library code, where they are not true.
  target_compile_options(phenix_compiler INTERFACE
    -Wno-error=maybe-uninitialized -Wno-error=restrict -Wno-error=stringop-overflow
    -Wno-error=array-bounds -Wno-error=dangling-pointer -Wno-error=free-nonheap-object)
endif()

# Rooms do not throw across their doors; an adapter around a throwing library asks for exceptions.
add_library(phenix_no_exceptions INTERFACE)
target_compile_options(phenix_no_exceptions INTERFACE -fno-exceptions)

if(PHENIX_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(PHENIX_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer)
  add_link_options(-fsanitize=thread)
endif()

find_program(PHENIX_MOLD mold)
if(PHENIX_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(PHENIX_CCACHE ccache)
if(PHENIX_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${PHENIX_CCACHE})
endif()
