# SPDX-License-Identifier: BSD-3-Clause
#
# cmake -P check.cmake FOLDER      (FOLDER: include/lanes, or a tree like it)
#
# The floor rule: a header includes its own folder and lower floors, never one above and never another
# folder of its own floor. And <iostream>, <ranges>, <functional>, <random> stay out of everything
# but io/ and testing/: they would double the time that a user's program takes to compile. Every header
# but fwd.hpp and version.hpp reaches core/finite_math.hpp: it includes that or another header of the library.
# A header beside a folder of its name, as io.hpp, includes all of it.
cmake_policy(VERSION 3.25)

set(floors  # lowest first; the files of one floor's folders do not know each other
  "fwd.hpp version.hpp"
  "core"
  "geometry"
  "contraction"
  "backend"
  "field transform statistics"
  "theory network exact"
  "layer observable"
  "model ensemble"
  "autoregressive"
  "sampler.hpp"
  "estimator markov"
  "sampling"
  "training"
  "io"
  "io.hpp"
  "testing"
  "lanes.hpp")
set(heavy "<(iostream|ranges|functional|random)>")
set(may_be_heavy io testing backend/thrust.hpp)

math(EXPR last "${CMAKE_ARGC} - 1")
set(root "${CMAKE_ARGV${last}}")
cmake_path(ABSOLUTE_PATH root NORMALIZE)

set(height 0)
foreach(floor IN LISTS floors)
  separate_arguments(rooms UNIX_COMMAND "${floor}")
  foreach(room IN LISTS rooms)
    set("height_of_${room}" ${height})
  endforeach()
  math(EXPR height "${height} + 1")
endforeach()

set(broken "")
file(GLOB_RECURSE headers RELATIVE "${root}" "${root}/*.hpp")
foreach(header IN LISTS headers)
  string(REGEX REPLACE "/.*" "" room "${header}")
  if(NOT DEFINED "height_of_${room}")
    list(APPEND broken "${header} is on no floor: give ${room} a place in tests/floors/check.cmake")
    continue()
  endif()

  set(reaches FALSE)
  file(STRINGS "${root}/${header}" includes REGEX "^[ \t]*#[ \t]*include")
  if(header MATCHES "^([a-z0-9_]+)\\.hpp$")
    file(GLOB parts RELATIVE "${root}" "${root}/${CMAKE_MATCH_1}/*.hpp")
    foreach(part IN LISTS parts)
      if(NOT "#include <lanes/${part}>" IN_LIST includes)
        list(APPEND broken "${header} does not include ${part}")
      endif()
    endforeach()
  endif()
  foreach(include IN LISTS includes)
    if(include MATCHES "[<\"]lanes/([^>\"]+)[>\"]")
      set(target "${CMAKE_MATCH_1}")
      if(NOT target STREQUAL "fwd.hpp")
        set(reaches TRUE)
      endif()
      string(REGEX REPLACE "/.*" "" target_room "${target}")
      if(NOT DEFINED "height_of_${target_room}")
        list(APPEND broken "${header} includes ${target}, which is on no floor")
      elseif(NOT room STREQUAL target_room
             AND NOT "${height_of_${target_room}}" LESS "${height_of_${room}}")
        list(APPEND broken "${header} includes ${target}, which is not on a lower floor")
      endif()
    elseif(include MATCHES "\"")
      list(APPEND broken "${header} includes by a relative path: ${include}")
    elseif(include MATCHES "${heavy}" AND NOT room IN_LIST may_be_heavy
           AND NOT header IN_LIST may_be_heavy)
      list(APPEND broken "${header} includes ${CMAKE_MATCH_0}, which is slow to compile")
    endif()
  endforeach()
  if(NOT reaches AND NOT header MATCHES "^(fwd|version|core/finite_math)\\.hpp$")
    list(APPEND broken "${header} does not reach core/finite_math.hpp")
  endif()
endforeach()

list(LENGTH headers count)
if(count EQUAL 0)
  message(FATAL_ERROR "no header under ${root}")
endif()
if(broken)
  list(JOIN broken "\n" lines)
  message("${lines}")
  message(FATAL_ERROR "the floor rule is broken")
endif()
message("${count} headers keep the floor rule")
