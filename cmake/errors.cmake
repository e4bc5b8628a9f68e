# SPDX-License-Identifier: BSD-3-Clause
#
# cmake [-DCHECK=ON] [-DLIST=<file>] -P cmake/errors.cmake
#
# Writes include/lanes/ERRORS.md: what the compiler says first to each mistake of tests/compile_fail
# and tests/thrust/compile_fail, from their `// expect:` and `// mistake 3:` lines. CHECK: nothing is
# written, and it is an error if the list is not what would be.
cmake_policy(VERSION 3.25)
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
if(NOT LIST)
  set(LIST "${root}/include/lanes/ERRORS.md")
endif()

set(rows "")
file(GLOB sources "${root}/tests/compile_fail/*.cpp" "${root}/tests/thrust/compile_fail/*.cu")
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  string(REPLACE "_" " " name "${name}")
  cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${root}/include/lanes" OUTPUT_VARIABLE link)
  file(STRINGS "${source}" lines REGEX "^// (expect|mistake [0-9]+): ")
  set(said "")  # each sentence once
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^// (expect|mistake [0-9]+): (lanes: )?" "" sentence "${line}")
    string(REPLACE "|" "\\|" sentence "${sentence}")
    string(FIND "${said}" "`${sentence}`" at)
    if(at EQUAL -1)
      string(APPEND said "| [${name}](${link}) | `${sentence}` |\n")
    endif()
  endforeach()
  if(NOT said)
    message(FATAL_ERROR "${source} has no line '// expect: <sentence>'")
  endif()
  string(APPEND rows "${said}")
endforeach()

string(CONCAT text
  "# What the compiler says first\n\n"
  "Every mistake below is a test that fails to compile, beside the program without it; a sentence "
  "begins with `lanes:` and stands in the first lines of the compiler's errors. This list is written "
  "by `cmake -P cmake/errors.cmake`.\n\n"
  "| mistake | sentence |\n|---|---|\n${rows}")

if(NOT CHECK)
  file(WRITE "${LIST}" "${text}")
  return()
endif()
set(found "")
if(EXISTS "${LIST}")
  file(READ "${LIST}" found)
endif()
if(NOT found STREQUAL text)
  message(FATAL_ERROR "${LIST} is out of date: run cmake -P cmake/errors.cmake")
endif()
