# SPDX-License-Identifier: BSD-3-Clause
#
# cmake -DCOMPILER=... -DOPTIONS=... -DFOLDERS=... -DSOURCE=... [-DPRECOMPILED=...] [-DOTHER=...] -P check.cmake
# Fails unless SOURCE compiles as a control, does not compile as it is, and says what it expects.
# PRECOMPILED is a header that COMPILER has parsed with these options.
# OTHER is a second compiler, asked for the first of the numbered mistakes only.
cmake_policy(VERSION 3.25)

file(STRINGS "${SOURCE}" expected REGEX "^// expect: ")
file(STRINGS "${SOURCE}" mistakes REGEX "^// mistake [0-9]+: ")
if(NOT expected AND NOT mistakes)
  message(FATAL_ERROR "${SOURCE} has no line '// expect: <sentence>'")
endif()
file(STRINGS "${SOURCE}" numbered REGEX "LANES_MISTAKE == [0-9]+")
foreach(line IN LISTS numbered)
  string(REGEX REPLACE ".*LANES_MISTAKE == ([0-9]+).*" "\\1" number "${line}")
  file(STRINGS "${SOURCE}" sentence REGEX "^// mistake ${number}: ")
  if(NOT sentence)
    message(FATAL_ERROR "${SOURCE} has no line '// mistake ${number}: <sentence>'")
  endif()
endforeach()
file(STRINGS "${SOURCE}" control REGEX "LANES_COMPILE_FAIL_CONTROL")
if(NOT control)
  message(FATAL_ERROR "${SOURCE} has no '#ifdef LANES_COMPILE_FAIL_CONTROL' variant")
endif()

list(TRANSFORM FOLDERS PREPEND -I)
set(ENV{LC_ALL} C)
set(own_compiler "${COMPILER}")
if(EXISTS "${PRECOMPILED}.gch")
  list(APPEND own_compiler -include "${PRECOMPILED}")
endif()
set(command ${own_compiler} ${OPTIONS} ${FOLDERS} -fsyntax-only -fmessage-length=0)

execute_process(COMMAND ${command} -DLANES_COMPILE_FAIL_CONTROL "${SOURCE}"
                RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_VARIABLE said)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the control, without the mistake, does not compile:\n${said}")
endif()

# Each numbered mistake: the first error is its sentence, and not much follows.
set(longest 100)
foreach(mistake IN LISTS mistakes)
  string(REGEX REPLACE "^// mistake ([0-9]+): .*" "\\1" number "${mistake}")
  string(REGEX REPLACE "^// mistake [0-9]+: " "" sentence "${mistake}")
  file(STRINGS "${SOURCE}" own REGEX "^// options ${number}: ")
  string(REGEX REPLACE "^// options [0-9]+: " "" own "${own}")
  set(compilers "${COMPILER}")
  if(number EQUAL 1)
    list(APPEND compilers ${OTHER})  # one of each file: they take as long as all others
  endif()
  foreach(compiler IN LISTS compilers)
    set(call "${compiler}")
    if(compiler STREQUAL COMPILER AND NOT own)
      set(call ${own_compiler})
    endif()
    execute_process(COMMAND ${call} ${OPTIONS} ${own} ${FOLDERS} -fsyntax-only
                            -fmessage-length=0 -DLANES_MISTAKE=${number} "${SOURCE}"
                    RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_VARIABLE said)
    if(status EQUAL 0)
      message(FATAL_ERROR "${compiler}: mistake ${number} compiles; expected: ${sentence}")
    endif()
    string(REGEX MATCH "[^\n]*error: [^\n]*" first "${said}")
    string(FIND "${first}" "${sentence}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "${compiler}: mistake ${number}: expected first: ${sentence}\n${said}")
    endif()
    string(REGEX MATCHALL "\n" lines "${said}")
    list(LENGTH lines count)
    message("${compiler}: mistake ${number}: ${count} lines")
    if(count GREATER longest)
      message(FATAL_ERROR "${compiler}: mistake ${number}: ${count} lines of errors:\n${said}")
    endif()
  endforeach()
endforeach()
if(NOT expected)
  return()
endif()

execute_process(COMMAND ${command} "${SOURCE}"
                RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_VARIABLE said)
if(status EQUAL 0)
  message(FATAL_ERROR "the mistake compiles; expected: ${expected}")
endif()
foreach(sentence IN LISTS expected)
  string(REGEX REPLACE "^// expect: " "" sentence "${sentence}")  # here: list() would split it at a semicolon
  # GCC and newer Clang end the line with it, older Clang puts it in quotation marks.
  string(FIND "${said}" ": ${sentence}\n" plain)
  string(FIND "${said}" " \"${sentence}\"\n" quoted)
  if(plain EQUAL -1 AND quoted EQUAL -1)
    message(FATAL_ERROR "expected: ${sentence}\nthe compiler said:\n${said}")
  endif()
endforeach()
