# SPDX-License-Identifier: BSD-3-Clause
#
# work: a new folder outside the tree;  step(command ...) runs a command and ends the test where it
# fails.
set(temporary "$ENV{TMPDIR}")
if(NOT temporary)
  set(temporary /tmp)
endif()
string(RANDOM LENGTH 12 tag)
set(work "${temporary}/lanes-downstream-${tag}")

function(step)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    file(REMOVE_RECURSE "${work}")
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\n${said}")
  endif()
endfunction()
