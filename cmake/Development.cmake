# SPDX-License-Identifier: BSD-3-Clause
#
# lanes_development: what the project's own tests, examples and benchmarks are built with, on top of
# lanes::lanes. It is not installed and no user's target sees it.
add_library(lanes_development INTERFACE)
target_link_libraries(lanes_development INTERFACE lanes::lanes)
target_compile_options(lanes_development INTERFACE
  $<$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>:-Wall;-Wextra;-Wpedantic;-Wshadow>)
set(LANES_ARCH_OPTIONS "")  # of programs that no target of ours compiles
if(LANES_ARCH)
  set(LANES_ARCH_OPTIONS -march=${LANES_ARCH})
  target_compile_options(lanes_development INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:${LANES_ARCH_OPTIONS}>)
elseif(LANES_NATIVE)
  set(LANES_ARCH_OPTIONS -march=native)
  target_link_libraries(lanes_development INTERFACE lanes::native)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12's own AVX-512 intrinsics start from values that are undefined on purpose (GCC bug 105593).
  target_compile_options(lanes_development INTERFACE -Wno-uninitialized -Wno-maybe-uninitialized)
endif()

if(LANES_SANITIZE)
  set(sanitize -fsanitize=${LANES_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(LANES_SANITIZE MATCHES "address")
    # Marking the scope of every local variable keeps packs out of registers: 5 times the time to
    # compile, 20 times the time to run.
    list(APPEND sanitize -fno-sanitize-address-use-after-scope)
  endif()
  target_compile_options(lanes_development INTERFACE
    "$<$<COMPILE_LANGUAGE:CXX>:${sanitize}>"
    $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)  # false alarms with sanitizers
  target_link_options(lanes_development INTERFACE ${sanitize})
endif()

# How CTest runs a test: its environment (waiting threads sleep, so that several tests at a time do
# not spin each other off the cores) and its limit in seconds where the test file states none.
set(LANES_TEST_ENVIRONMENT OMP_WAIT_POLICY=passive)
set(LANES_TEST_TIMEOUT_FACTOR 1)
if(LANES_SANITIZE OR CMAKE_CXX_FLAGS_DEBUG MATCHES "--coverage")
  set(LANES_TEST_TIMEOUT_FACTOR 5)
  target_compile_definitions(lanes_development INTERFACE LANES_NO_INLINE)
endif()
math(EXPR LANES_TEST_TIMEOUT "300 * ${LANES_TEST_TIMEOUT_FACTOR}")
if(LANES_SANITIZE MATCHES "address")  # tests ask for more memory than there is, to see what is said
  list(APPEND LANES_TEST_ENVIRONMENT ASAN_OPTIONS=allocator_may_return_null=1)
elseif(LANES_SANITIZE STREQUAL "thread")
  include("${PROJECT_SOURCE_DIR}/cmake/ThreadSanitizer.cmake")
endif()

# Python: Debian's, which has Debian's packages, whatever else is on PATH, unless a virtual environment is active.
if(NOT Python3_EXECUTABLE AND NOT DEFINED ENV{VIRTUAL_ENV} AND EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3)
endif()
find_package(Python3 QUIET COMPONENTS Interpreter OPTIONAL_COMPONENTS Development.Module)
