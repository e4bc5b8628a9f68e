# SPDX-License-Identifier: BSD-3-Clause
#
# cmake -DCOMPILER=.. -DOPTIONS=.. -DFOLDERS=.. -DPREAMBLE=.. -DOUTPUT=.. "-DPAGES=a.md;b.md" -P blocks.cmake
#
# Compiles every ```cpp block of the pages, without making code of it:
#
#   a block with `int main(`                           is a program, compiled as it is;
#   others are fragments, all in one file behind PREAMBLE, each in a namespace of its own;
#   one that begins with `struct` or `template`        stands there as it is;
#   of any other                                       the lines are statements of a function.
#
# #include lines of a fragment come first in both respects: they are moved to the top of the file.
# Without THRUST, fragments that include lanes/backend/thrust.hpp are left out.
# The compiler's errors name page and line.
cmake_policy(VERSION 3.25)

list(TRANSFORM FOLDERS PREPEND -I)
set(command ${COMPILER} ${OPTIONS} ${FOLDERS} -fsyntax-only -fmessage-length=0)
set(includes "#include \"${PREAMBLE}\"\n")
set(fragments "")
set(programs "")
set(count 0)

foreach(page IN LISTS PAGES)
  file(READ "${page}" rest)
  set(line 1)
  while(TRUE)
    string(FIND "${rest}" "```cpp\n" begin)
    if(begin EQUAL -1)
      break()
    endif()
    string(SUBSTRING "${rest}" 0 ${begin} before)
    math(EXPR begin "${begin} + 7")
    string(SUBSTRING "${rest}" ${begin} -1 rest)
    string(FIND "${rest}" "\n```" end)
    if(end EQUAL -1)
      message(FATAL_ERROR "${page}: a block without an end")
    endif()
    math(EXPR end "${end} + 1")
    string(SUBSTRING "${rest}" 0 ${end} block)
    string(SUBSTRING "${rest}" ${end} -1 rest)

    string(REGEX REPLACE "[^\n]" "" before "${before}")
    string(LENGTH "${before}" lines)
    math(EXPR line "${line} + ${lines} + 1")
    math(EXPR count "${count} + 1")
    set(where "#line ${line} \"${page}\"\n")
    string(REGEX REPLACE "[^\n]" "" newlines "${block}")
    string(LENGTH "${newlines}" lines)
    math(EXPR line "${line} + ${lines}")

    if(block MATCHES "int main\\(")
      set(program "${OUTPUT}/program_${count}.cpp")
      file(WRITE "${program}" "${where}${block}")
      list(APPEND programs "${program}")
      continue()
    endif()
    if(NOT THRUST AND block MATCHES "lanes/backend/thrust\\.hpp")
      message("left out, for there is no Thrust: ${page}:${line}")
      continue()
    endif()
    string(REGEX MATCHALL "#include [^\n]*\n" own "${block}")
    string(REGEX REPLACE "#include [^\n]*(\n)" "\\1" block "${block}")
    string(JOIN "" own ${own})
    string(APPEND includes "${own}")
    string(STRIP "${block}" code)
    if(NOT code MATCHES "^(struct|template)")
      set(block "void f() {\n${where}${block}}\n")
    endif()
    string(APPEND fragments "namespace block_${count} {\n${where}${block}}\n")
  endwhile()
endforeach()
if(count EQUAL 0)
  message(FATAL_ERROR "no block in what was given")
endif()

file(WRITE "${OUTPUT}/fragments.cpp" "${includes}${fragments}")
foreach(source IN ITEMS "${OUTPUT}/fragments.cpp" ${programs})
  execute_process(COMMAND ${command} "${source}"
                  RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_VARIABLE said)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${said}")
  endif()
endforeach()
message("${count} blocks compile")
