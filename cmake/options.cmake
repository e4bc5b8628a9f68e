# SPDX-License-Identifier: BSD-3-Clause
#
# cmake [-DCHECK=ON] [-DLIST=<file>] [-DHEADERS=<folder>] -P cmake/options.cmake
#
# Writes include/lanes/OPTIONS.md: every option of every struct *Options of the headers, and of the
# settings that stand within them or are settings of an update, from their lines
#
#   long steps = 1000;  // > 0; updates in all
#
# which are default, range and meaning. A bool, and settings of their own (a default {}), have a
# meaning alone. An option whose comment has no range is an error.
# CHECK: nothing is written, and it is an error if the list is not what would be.
cmake_policy(VERSION 3.25)
cmake_path(GET CMAKE_CURRENT_LIST_DIR PARENT_PATH root)
include("${CMAKE_CURRENT_LIST_DIR}/generated_page.cmake")
if(NOT HEADERS)
  set(HEADERS "${root}/include/lanes")
endif()
if(NOT LIST)
  set(LIST "${root}/include/lanes/OPTIONS.md")
endif()

set(settings "Adam|Momentum|CosineRate|StepRate|WarmUp|HmcTrajectory|HeatBathSweep|WolffClusters")
set(text "# Options

Every option of every options struct, and of the settings within them: default, allowed range, meaning. A value
that is not allowed is a `std::invalid_argument` that names it. Designated initialisers name the ones that matter,
in this order: `{.steps = 2000, .batch = 256}`. This list is written by `cmake -P cmake/options.cmake` from the
headers.
")

file(GLOB_RECURSE headers RELATIVE "${HEADERS}" "${HEADERS}/*.hpp")
list(SORT headers)
foreach(header IN LISTS headers)
  page_read_lines("${HEADERS}/${header}" lines)
  set(name "")
  foreach(line IN LISTS lines)
    if(line MATCHES "^struct ([A-Z][A-Za-z]*Options|${settings}) {")
      set(name "${CMAKE_MATCH_1}")
      set(rows "")
    elseif(name AND line MATCHES "^ ? ?}")
      if(rows)
        string(APPEND text "\n## [${name}](${header})\n\n"
          "| option | type | default | range | meaning |\n|---|---|---|---|---|\n${rows}")
      endif()
      set(name "")
    elseif(name AND line MATCHES "^  ([A-Za-z_:0-9]+) ([A-Za-z_0-9]+) = ([^<]*)<end>(.*)$")
      set(type "${CMAKE_MATCH_1}")
      set(option "${CMAKE_MATCH_2}")
      set(value "${CMAKE_MATCH_3}")
      set(comment "${CMAKE_MATCH_4}")
      if(type STREQUAL "using")
        continue()
      endif()
      string(REGEX REPLACE "^ *// " "" meaning "${comment}")
      set(range "")
      if(NOT type STREQUAL "bool" AND NOT value STREQUAL "{}")
        string(FIND "${meaning}" "<end> " at)  # the first: a meaning may have more
        if(at LESS 1)
          message(FATAL_ERROR "${header}: ${name}::${option} has no comment '// range; meaning'")
        endif()
        string(SUBSTRING "${meaning}" 0 ${at} range)
        math(EXPR at "${at} + 6")
        string(SUBSTRING "${meaning}" ${at} -1 meaning)
      endif()
      if(NOT meaning)
        message(FATAL_ERROR "${header}: ${name}::${option} has no comment")
      endif()
      string(REGEX REPLACE "^detail::stderr_is_terminal\\(\\)$" "on a terminal" value "${value}")
      string(APPEND rows "| `${option}` | `${type}` | ${value} | ${range} | ${meaning} |\n")
    endif()
  endforeach()
endforeach()
page_write("${text}" "${LIST}" options.cmake)
