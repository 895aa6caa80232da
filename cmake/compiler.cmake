# One compiler for build, tidy, sanitizers and fuzzing (docs/decisions/0001-clang-19.md).
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR
    "Redd is built with clang 19 or newer, and the compiler found is ${CMAKE_CXX_COMPILER_ID} "
    "${CMAKE_CXX_COMPILER_VERSION} (${CMAKE_CXX_COMPILER}). g++ 12 destroys temporaries in co_await expressions twice. "
    "Fix: apt-get install clang-19 lld-19, then configure with a preset: cmake --preset release")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

option(REDD_WERROR "Warnings are errors" ON)
set(REDD_SANITIZE "" CACHE STRING "Sanitizers, as in -fsanitize=: 'address,undefined', 'thread' or empty")
option(REDD_FUZZ "Link the fuzz targets with libFuzzer (otherwise they only replay their corpus)" OFF)

find_program(REDD_CCACHE ccache)
if(REDD_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${REDD_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${REDD_CCACHE})
endif()

add_link_options(-fuse-ld=lld)

add_library(redd_flags INTERFACE)
target_compile_options(redd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wimplicit-fallthrough -Wnon-virtual-dtor
  -Woverloaded-virtual -Wthread-safety -fstack-protector-strong $<$<BOOL:${REDD_WERROR}>:-Werror>)
target_link_options(redd_flags INTERFACE -Wl,-z,relro,-z,now)

if(REDD_SANITIZE)
  add_compile_options(-fsanitize=${REDD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${REDD_SANITIZE})
  # Asio's coroutine frames are recycled through thread-local caches that hide use-after-free.
  add_compile_definitions(BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING)
elseif(CMAKE_BUILD_TYPE MATCHES "Rel")
  add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
if(REDD_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
