# redd_module(NAME FLOOR N
#   SOURCES a.cc …        the library redd_NAME
#   [TESTS a_test.cc …]   one GoogleTest program, NAME_test, run by ctest
#   [DEPENDS module …]    rooms below; a room on the same floor or above is a configure error
#   [LIBRARIES target …]  libraries from outside, public when headers need them
#   [PRIVATE_LIBRARIES target …])
#
# Public headers stand in src/NAME/include/NAME/; that include root reaches only the rooms that name NAME in DEPENDS
# (and what lies above them), so an include that the floor plan does not allow does not compile.
set_property(GLOBAL PROPERTY REDD_MODULES "")
add_custom_target(unit_tests)  # builds every test program

function(redd_module name)
  cmake_parse_arguments(arg "" "FLOOR" "SOURCES;TESTS;DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  foreach(dep ${arg_DEPENDS})
    get_property(floor GLOBAL PROPERTY REDD_FLOOR_${dep})
    if("${floor}" STREQUAL "" OR NOT floor LESS arg_FLOOR)
      message(FATAL_ERROR "floor plan: ${name} (floor ${arg_FLOOR}) may not depend on ${dep} (floor '${floor}'); arrows go down only")
    endif()
  endforeach()
  set_property(GLOBAL PROPERTY REDD_FLOOR_${name} ${arg_FLOOR})
  set_property(GLOBAL APPEND PROPERTY REDD_MODULES ${name})
  set_property(GLOBAL PROPERTY REDD_DEPENDS_${name} ${arg_DEPENDS})
  list(TRANSFORM arg_DEPENDS PREPEND redd_ OUTPUT_VARIABLE deps)
  if(arg_SOURCES)
    add_library(redd_${name} STATIC ${arg_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(redd_${name} PRIVATE redd_flags ${arg_PRIVATE_LIBRARIES})
  else()
    add_library(redd_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(redd_${name} ${scope} ${CMAKE_CURRENT_SOURCE_DIR}/include)
  target_link_libraries(redd_${name} ${scope} ${deps} ${arg_LIBRARIES})
  if(arg_TESTS)
    redd_test(${name}_test SOURCES ${arg_TESTS} LIBRARIES redd_${name} ${arg_PRIVATE_LIBRARIES})
  endif()
endfunction()

# redd_test(NAME SOURCES … LIBRARIES …): a GoogleTest program; its own folder is an include root for private headers.
# REDD_SOURCE_DIR names the checkout, so that tests find tests/vectors.
function(redd_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE redd_flags ${arg_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE REDD_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300
    ENVIRONMENT TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/tsan.supp)
  add_dependencies(unit_tests ${name})
endfunction()
