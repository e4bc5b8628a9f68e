# SPDX-License-Identifier: BSD-3-Clause
#
# cmake -DCOMPILER=... -DOPTIONS=... -DFOLDERS=... -DSOURCE=... -P check.cmake
# Fails unless SOURCE compiles as a control, does not compile as it is, and says what it expects.
cmake_policy(VERSION 3.25)

file(STRINGS "${SOURCE}" expected REGEX "^// expect: ")
if(NOT expected)
  message(FATAL_ERROR "${SOURCE} has no line '// expect: <sentence>'")
endif()
file(STRINGS "${SOURCE}" control REGEX "LANES_COMPILE_FAIL_CONTROL")
if(NOT control)
  message(FATAL_ERROR "${SOURCE} has no '#ifdef LANES_COMPILE_FAIL_CONTROL' variant")
endif()

list(TRANSFORM FOLDERS PREPEND -I)
set(ENV{LC_ALL} C)
set(command "${COMPILER}" ${OPTIONS} ${FOLDERS} -fsyntax-only -fmessage-length=0)

execute_process(COMMAND ${command} -DLANES_COMPILE_FAIL_CONTROL "${SOURCE}"
                RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_VARIABLE said)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "the control, without the mistake, does not compile:\n${said}")
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
