# SPDX-License-Identifier: BSD-3-Clause
#
# For scripts that write a page from sources. Brackets and semicolons mean something in CMake's lists, so
# a script works on lines in which they are words:
#   page_read_lines(file lines)    the lines of a file, as a list
#   page_write(text page script)   writes the page, words to brackets; with CHECK set it is an error instead
#                                  if the page is not what `cmake -P cmake/<script>` would write
function(page_read_lines file lines)
  file(READ "${file}" text)
  string(REPLACE "[" "<open>" text "${text}")
  string(REPLACE "]" "<close>" text "${text}")
  string(REPLACE ";" "<end>" text "${text}")
  string(REPLACE "\n" ";" text "${text}")
  set(${lines} "${text}" PARENT_SCOPE)
endfunction()

function(page_write text page script)
  string(REPLACE "<open>" "[" text "${text}")
  string(REPLACE "<close>" "]" text "${text}")
  string(REPLACE "<end>" ";" text "${text}")
  if(NOT CHECK)
    file(WRITE "${page}" "${text}")
    return()
  endif()
  set(found "")
  if(EXISTS "${page}")
    file(READ "${page}" found)
  endif()
  if(NOT found STREQUAL text)
    message(FATAL_ERROR "${page} is out of date: run cmake -P cmake/${script}")
  endif()
endfunction()
