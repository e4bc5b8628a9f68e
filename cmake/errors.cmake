# SPDX-License-Identifier: BSD-3-Clause
#
# cmake [-DCHECK=ON] [-DLIST=<file>] -P cmake/errors.cmake
#
# Writes include/lanes/ERRORS.md: the mistakes of tests/compile_fail and tests/thrust/compile_fail
# and what the compiler says first to each, from their `// expect:` and `// mistake 3:` lines. The
# wrong lines are those in the #else of LANES_COMPILE_FAIL_CONTROL, or behind LANES_MISTAKE == 3.
# CHECK: nothing is written, and it is an error if the list is not what would be.
cmake_policy(VERSION 3.25)
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
include("${CMAKE_CURRENT_LIST_DIR}/generated_page.cmake")
if(NOT LIST)
  set(LIST "${root}/include/lanes/ERRORS.md")
endif()

set(text "# What the compiler says first

Every mistake below is a test that fails to compile, beside the program without it; a sentence begins with `lanes:` and
stands in the first lines of the compiler's errors: of g++ (or whatever compiles the project), where it says so of clang
too, or of nvcc. This list is written by `cmake -P cmake/errors.cmake`.
")

file(GLOB sources "${root}/tests/compile_fail/*.cpp" "${root}/tests/thrust/compile_fail/*.cu")
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  string(REPLACE "_" " " name "${name}")
  cmake_path(RELATIVE_PATH source BASE_DIRECTORY "${root}/include/lanes" OUTPUT_VARIABLE link)
  set(by "g++")
  if(source MATCHES "\\.cu$")
    set(by "nvcc")
  endif()

  page_read_lines("${source}" lines)

  # wrong_<n>: lines of mistake n, 0 of a source with one
  foreach(n RANGE 99)
    set(wrong_${n} "")
  endforeach()
  set(of "")
  foreach(line IN LISTS lines)
    if(line MATCHES "^ *#(if|elif).*LANES_COMPILE_FAIL_CONTROL")
      set(of right)
    elseif(line MATCHES "^ *#(if|elif) LANES_MISTAKE == ([0-9]+)")
      set(of wrong_${CMAKE_MATCH_2})
    elseif(of STREQUAL "right" AND line MATCHES "^ *#else")
      set(of wrong_0)
    elseif(line MATCHES "^ *#(if|elif|else|endif)")
      set(of "")
    elseif(of)
      list(APPEND ${of} "${line}")
    endif()
  endforeach()

  set(said "")
  set(shown "")
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^// (expect|mistake ([0-9]+)): (lanes: )?(.*)$")
      continue()
    endif()
    set(number "${CMAKE_MATCH_2}")
    set(sentence "${CMAKE_MATCH_4}")
    set(compilers "${by}")
    string(FIND "${said}" "`${sentence}`" at)
    if(NOT at EQUAL -1)  # each sentence once
      continue()
    elseif(number EQUAL 1)
      set(compilers "g++, clang")
    elseif(number STREQUAL "")
      set(number 0)
    endif()
    set(own ${lines})
    list(FILTER own INCLUDE REGEX "^// options ${number}: ")
    string(REGEX REPLACE "^// options ${number}: " "// compiled with " code "${own}")
    if(code)
      string(APPEND code "\n")
    endif()
    foreach(wrong IN LISTS wrong_${number})
      string(APPEND code "${wrong}\n")
    endforeach()
    if(NOT code)
      message(FATAL_ERROR "${source}: mistake ${number} has no line of its own")
    endif()
    string(APPEND said "\n${compilers}: `${sentence}`\n")
    if(NOT code STREQUAL shown)  # else it is the mistake of two sentences
      string(APPEND said "\n```c++\n${code}```\n")
    endif()
    set(shown "${code}")
  endforeach()
  if(NOT said)
    message(FATAL_ERROR "${source} has no line '// expect: <sentence>'")
  endif()
  string(APPEND text "\n## [${name}](${link})\n${said}")
endforeach()
page_write("${text}" "${LIST}" errors.cmake)
