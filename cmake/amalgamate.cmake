# SPDX-License-Identifier: BSD-3-Clause
#
# cmake [-DHEADERS="lanes/lanes.hpp;lanes/io.hpp"] -DOUTPUT=<file> -P cmake/amalgamate.cmake
#
# Writes one header that stands for the given ones (lanes/lanes.hpp alone, if none are): each header of the library
# in the place where it is first included. What the library stands on is included as before. For host
# compilers: what a header includes for nvcc alone, or not for nvcc, is decided here.
cmake_policy(VERSION 3.25)
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
if(NOT HEADERS)
  set(HEADERS lanes/lanes.hpp)
endif()

set(seen "")
set(text "")

# Appends `header` to text: up to its first include of the library, that header, the rest likewise.
function(append header)
  if(header IN_LIST seen)
    return()
  endif()
  list(APPEND seen "${header}")
  file(READ "${root}/include/${header}" rest)
  string(REPLACE "#pragma once\n" "" rest "${rest}")
  while(rest MATCHES "(^|\n)(#include <(lanes/[^>]+)>[^\n]*\n)")
    set(line "${CMAKE_MATCH_2}")
    set(included "${CMAKE_MATCH_3}")
    string(FIND "${rest}" "${line}" at)
    string(SUBSTRING "${rest}" 0 ${at} before)
    string(APPEND text "${before}")
    append(${included})
    string(LENGTH "${line}" length)
    math(EXPR at "${at} + ${length}")
    string(SUBSTRING "${rest}" ${at} -1 rest)
  endwhile()
  string(APPEND text "${rest}")
  set(seen "${seen}" PARENT_SCOPE)
  set(text "${text}" PARENT_SCOPE)
endfunction()

foreach(header IN LISTS HEADERS)
  append(${header})
endforeach()
file(READ "${root}/LICENSE" licence)
string(STRIP "${licence}" licence)
string(REPLACE "\n" "\n// " licence "${licence}")
string(REPLACE "// \n" "//\n" licence "${licence}")
list(JOIN HEADERS ", " names)
string(CONCAT start
  "// ${names} as one header, written by cmake/amalgamate.cmake.\n//\n// ${licence}\n"
  "#pragma once\n\n"
  "#if defined(__CUDACC__)\n"
  "#error \"lanes: the single header is for host compilers; nvcc takes the library's own headers\"\n"
  "#endif\n\n")
file(WRITE "${OUTPUT}" "${start}${text}")
