# SPDX-License-Identifier: BSD-3-Clause
#
# cmake "-DPAGES=a.md;b.md" -P links.cmake    Every relative link of the pages names a file that is there.
cmake_policy(VERSION 3.25)

set(broken "")
set(count 0)
foreach(page IN LISTS PAGES)
  cmake_path(GET page PARENT_PATH folder)
  file(READ "${page}" text)
  string(REPLACE "](" "@(" text "${text}")
  string(REGEX REPLACE "[][;]" "." text "${text}")  # which lists of CMake would take apart
  string(REGEX MATCHALL "@\\([^)# \n]+[)#]" links "${text}")
  foreach(link IN LISTS links)
    string(REGEX REPLACE "^@\\((.*)[)#]$" "\\1" link "${link}")
    if(link MATCHES "^[a-z]+:")
      continue()
    endif()
    math(EXPR count "${count} + 1")
    if(NOT EXISTS "${folder}/${link}")
      list(APPEND broken "${page}: ${link}")
    endif()
  endforeach()
endforeach()

if(count EQUAL 0)
  message(FATAL_ERROR "no link in what was given")
endif()
if(broken)
  list(JOIN broken "\n" lines)
  message("${lines}")
  message(FATAL_ERROR "links lead nowhere")
endif()
message("${count} links lead somewhere")
