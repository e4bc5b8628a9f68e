# SPDX-License-Identifier: BSD-3-Clause
#
# GCC's OpenMP runtime synchronises by futexes that the thread sanitizer does not see, so that every
# parallel loop is reported as a race. LLVM's runtime has GCC's entry points too, and its companion
# Archer tells the sanitizer of each fork, join, barrier and lock. The tests are therefore built by
# the usual compiler and run, by CTest, with LLVM's runtime in front: no false alarm and no
# suppression list, and a real race is found. By hand: ctest prints the variables with -V.
file(GLOB llvm_folders LIST_DIRECTORIES TRUE /usr/lib/llvm-*/lib)
list(SORT llvm_folders COMPARE NATURAL ORDER DESCENDING)
find_library(LANES_LLVM_OPENMP omp HINTS ${llvm_folders})
find_library(LANES_ARCHER archer HINTS ${llvm_folders})
if(NOT LANES_LLVM_OPENMP OR NOT LANES_ARCHER)
  message(FATAL_ERROR
    "lanes: LANES_SANITIZE=thread needs LLVM's OpenMP runtime and its Archer (libomp.so, "
    "libarcher.so; Debian: apt-get install libomp-dev)")
endif()
list(APPEND LANES_TEST_ENVIRONMENT
  LD_PRELOAD=${LANES_LLVM_OPENMP}
  OMP_TOOL_LIBRARIES=${LANES_ARCHER}
  OMP_NUM_THREADS=4
  TSAN_OPTIONS=ignore_noninstrumented_modules=1:allocator_may_return_null=1)
