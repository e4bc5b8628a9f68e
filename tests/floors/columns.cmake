# SPDX-License-Identifier: BSD-3-Clause
#
# cmake -P columns.cmake FOLDER ..    Comments are within 100 columns; code is clang-format's.
# The sentences that tests of mistakes expect (expect:, mistake N:) stay on one line.
cmake_policy(VERSION 3.25)

string(REPEAT "[^\n]" 101 long)
set(broken "")
set(count 0)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE 3 ${last})
  cmake_path(ABSOLUTE_PATH CMAKE_ARGV${i} NORMALIZE OUTPUT_VARIABLE root)
  file(GLOB_RECURSE sources "${root}/*.hpp" "${root}/*.cpp" "${root}/*.cu")
  foreach(source IN LISTS sources)
    math(EXPR count "${count} + 1")
    file(READ "${source}" text)
    string(REGEX REPLACE "[][;]" "." text "\n${text}")  # which lists of CMake would take apart
    string(REGEX MATCHALL "\n${long}[^\n]*" lines "${text}")
    foreach(line IN LISTS lines)
      string(STRIP "${line}" line)
      if(line MATCHES "^//" AND NOT line MATCHES "^// (expect|mistake [0-9]+):")
        list(APPEND broken "${source}: ${line}")
      endif()
    endforeach()
  endforeach()
endforeach()

if(count EQUAL 0)
  message(FATAL_ERROR "no source in what was given")
endif()
if(broken)
  list(JOIN broken "\n" lines)
  message("${lines}")
  message(FATAL_ERROR "comments are wider than 100 columns")
endif()
message("comments of ${count} files are within 100 columns")
