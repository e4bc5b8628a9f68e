# SPDX-License-Identifier: BSD-3-Clause
#
# Target `reference`, where Doxygen and Python are found: a reference of the public names in
# <build>/reference/html, from what the headers say (cmake/reference.py). A name without an
# explanation, and whatever else Doxygen warns of, is an error; CTest asks that (docs_reference).
find_package(Doxygen 1.9.1 QUIET)
if(NOT DOXYGEN_FOUND OR NOT Python3_Interpreter_FOUND)
  message(STATUS "No target reference: it needs Doxygen and Python 3")
  return()
endif()

# Sets `command` to what makes a reference of a folder of headers in another folder.
function(lanes_reference_command headers LANES_REFERENCE_FOLDER)
  configure_file("${PROJECT_SOURCE_DIR}/cmake/Doxyfile.in" "${LANES_REFERENCE_FOLDER}/Doxyfile" @ONLY)
  set(command ${Python3_EXECUTABLE} "${PROJECT_SOURCE_DIR}/cmake/reference.py" "${headers}"
    "${LANES_REFERENCE_FOLDER}/lanes" ${DOXYGEN_EXECUTABLE} "${LANES_REFERENCE_FOLDER}/Doxyfile" PARENT_SCOPE)
endfunction()
lanes_reference_command("${PROJECT_SOURCE_DIR}/include/lanes" "${PROJECT_BINARY_DIR}/reference")
add_custom_target(reference VERBATIM COMMAND ${command}
  COMMENT "${PROJECT_BINARY_DIR}/reference/html/index.html")
