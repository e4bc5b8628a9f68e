# SPDX-License-Identifier: BSD-3-Clause
#
# Tests of the Thrust backend. The host systems share their sources with CUDA: tests/thrust/<suite>.hpp holds the
# cases, <suite>.cpp and <suite>.cu include it. thrust_<suite>_<system>_<version>, label thrust.
# All suites run on OMP with the Thrust that lanes::thrust has. On each other system, and with each other Thrust,
# of which the library uses for_each_n alone, runs the suite that compares every number with Cpu's: agreement.
add_library(lanes_numbers_of_cpu STATIC thrust/numbers_of_cpu.cpp)
target_link_libraries(lanes_numbers_of_cpu PRIVATE lanes_development)
target_include_directories(lanes_numbers_of_cpu PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(lanes_numbers_of_cpu PRIVATE -O1)  # longer to compile than to run
endif()

# Adds <suite>.cpp for a system (OMP, TBB, CPP) with the Thrust in a folder.
function(lanes_add_thrust_test source system folder)
  lanes_thrust_version("${folder}" version)
  string(REGEX MATCH "^[0-9]+" major "${version}")
  string(TOLOWER "_${system}_${major}" suffix)
  set(requirements "lanes_thrust${suffix}")
  if(NOT TARGET ${requirements})
    message(STATUS "Thrust tests: ${system}, Thrust ${version} in ${folder}")
    add_library(${requirements} INTERFACE)
    lanes_thrust_requirements(${requirements} ${system} "${folder}")
  endif()
  lanes_add_test("${source}" ${suffix})
  target_link_libraries(${name} PRIVATE ${requirements} lanes_numbers_of_cpu)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    set(level -O0)  # longer to compile than to run
    if(source MATCHES "optimised")
      set(level -O3)
    elseif(source MATCHES "schwinger|/flow")  # without optimisation xsimd's shifts by a constant do not
      set(level -O1)                          # compile, and flows run for minutes
    endif()
    target_compile_options(${name} PRIVATE ${level})
  endif()
endfunction()

# Every Thrust of this machine.
set(folders "")
foreach(folder IN ITEMS ${LANES_THRUST_INCLUDE_DIR} /usr/include ${CUDAToolkit_INCLUDE_DIRS})
  foreach(place "${folder}/cccl" "${folder}")
    if(EXISTS "${place}/thrust/version.h")
      lanes_thrust_version("${place}" version)
      string(REGEX MATCH "^[0-9]+" major "${version}")
      if(NOT major IN_LIST majors)
        list(APPEND majors ${major})
        list(APPEND folders "${place}")
      endif()
    endif()
  endforeach()
endforeach()

set(systems CPP)
find_package(TBB QUIET)
if(TARGET TBB::tbb)
  list(APPEND systems TBB)
endif()
if(NOT folders)
  message(STATUS "Thrust tests: none, for there is no thrust/version.h (Debian: libthrust-dev)")
endif()
file(GLOB suites CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/thrust/*.cpp")
list(FILTER suites EXCLUDE REGEX "numbers_of_cpu|optimised")
set(agreement "${CMAKE_CURRENT_SOURCE_DIR}/thrust/agreement.cpp")
if(folders)
  list(POP_FRONT folders folder)
  foreach(suite IN LISTS suites)
    lanes_add_thrust_test("${suite}" OMP "${folder}")
  endforeach()
  foreach(system IN LISTS systems)
    lanes_add_thrust_test("${agreement}" ${system} "${folder}")
  endforeach()
  foreach(other IN LISTS folders)
    list(GET systems -1 system)
    lanes_add_thrust_test("${agreement}" ${system} "${other}")
  endforeach()
  lanes_add_thrust_test("${CMAKE_CURRENT_SOURCE_DIR}/thrust/optimised.cpp" CPP "${folder}")
endif()
if(LANES_CUDA)
  target_link_libraries(thrust_agreement_cuda PRIVATE lanes_numbers_of_cpu)
endif()

# The study of phi^4 with the Thrust backend: the program with one type exchanged.
function(lanes_add_thrust_study name extension)
  file(READ "${PROJECT_SOURCE_DIR}/benchmarks/quality/study_phi4.cpp" program)
  string(REPLACE "#include <lanes/lanes.hpp>" "#include <lanes/backend/thrust.hpp>\n#include <lanes/lanes.hpp>"
    program "${program}")
  string(REPLACE "lanes::Single, lanes::Cpu>" "lanes::Single, lanes::Thrust>" changed "${program}")
  if(changed STREQUAL program)
    message(FATAL_ERROR "benchmarks/quality/study_phi4.cpp names no backend in the place that this test knows")
  endif()
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${name}.${extension}")
  file(CONFIGURE OUTPUT "${source}" CONTENT "${changed}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/benchmarks/quality/study_phi4.cpp")
  add_executable(${name} "${source}")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/benchmarks/quality")
  target_link_libraries(${name} PRIVATE lanes_development CLI11::CLI11)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-O2>)
  endif()
endfunction()
find_package(CLI11 QUIET)
if(TARGET CLI11::CLI11 AND TARGET lanes::thrust)
  lanes_add_thrust_study(thrust_study_phi4 cpp)
  target_link_libraries(thrust_study_phi4 PRIVATE lanes::thrust)
  add_dependencies(tests thrust_study_phi4)
  add_test(NAME thrust_study_phi4 COMMAND thrust_study_phi4 --brief --steps 60 --batch 128
    --output "${CMAKE_CURRENT_BINARY_DIR}/results/thrust_phi4")
  set_tests_properties(thrust_study_phi4 PROPERTIES LABELS thrust TIMEOUT ${LANES_TEST_TIMEOUT}
    ENVIRONMENT "${LANES_TEST_ENVIRONMENT}")
endif()
if(TARGET CLI11::CLI11 AND TARGET lanes::cuda)
  lanes_add_thrust_study(thrust_study_phi4_cuda cu)
  target_link_libraries(thrust_study_phi4_cuda PRIVATE lanes::cuda)
  add_dependencies(cuda_tests thrust_study_phi4_cuda)
endif()

# A theory that is not marked LANES_HD: nvcc refuses it and names the mark.
if(TARGET lanes::cuda)
  set(source "${CMAKE_CURRENT_SOURCE_DIR}/thrust/compile_fail/theory_without_lanes_hd.cu")
  file(STRINGS "${source}" expected REGEX "^// expect: ")
  string(REGEX REPLACE "^// expect: (.*) \\.\\.\\. (.*)$" "\\1.*\\2" expected "${expected}")
  set(compile ${CMAKE_CUDA_COMPILER} -std=c++20 "-I${PROJECT_SOURCE_DIR}/include"
    "-I$<JOIN:$<TARGET_PROPERTY:Random123::Random123,INTERFACE_INCLUDE_DIRECTORIES>,;-I>"
    -cuda -o /dev/null "${source}")
  add_test(NAME thrust_without_lanes_hd_control
    COMMAND ${compile} -DLANES_COMPILE_FAIL_CONTROL COMMAND_EXPAND_LISTS)
  add_test(NAME thrust_without_lanes_hd COMMAND ${compile} COMMAND_EXPAND_LISTS)
  set_tests_properties(thrust_without_lanes_hd PROPERTIES
    PASS_REGULAR_EXPRESSION "${expected}")
  set_tests_properties(thrust_without_lanes_hd thrust_without_lanes_hd_control PROPERTIES
    LABELS cuda TIMEOUT ${LANES_TEST_TIMEOUT})
endif()
