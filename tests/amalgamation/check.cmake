# SPDX-License-Identifier: BSD-3-Clause
#
# The single header of lanes.hpp and io.hpp compiles without the library's folder, and main.cpp with it writes
# the same file as with the library's headers. FOLDERS: of what the library stands on.
cmake_policy(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/../downstream/steps.cmake")

list(REMOVE_ITEM FOLDERS "${LANES_SOURCE}/include")
list(TRANSFORM FOLDERS PREPEND "-I")
set(compile "${COMPILER}" -std=c++20 -O0 ${FOLDERS} "${CMAKE_CURRENT_LIST_DIR}/main.cpp"
    -DLANES_NO_SLOW_BUILD_WARNING)
step(${CMAKE_COMMAND} "-DHEADERS=lanes/lanes.hpp\;lanes/io.hpp" "-DOUTPUT=${work}/lanes_single.hpp"
     -P "${LANES_SOURCE}/cmake/amalgamate.cmake")
step(${compile} "-I${work}" -DSINGLE_HEADER -o "${work}/single")
step(${compile} "-I${LANES_SOURCE}/include" -o "${work}/several")
foreach(program single several)
  step("${work}/${program}" "${work}/${program}.safetensors")
endforeach()
step(${CMAKE_COMMAND} -E compare_files "${work}/single.safetensors" "${work}/several.safetensors")
file(REMOVE_RECURSE "${work}")
