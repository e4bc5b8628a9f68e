# SPDX-License-Identifier: BSD-3-Clause
#
# The library installed with CMAKE_INSTALL_INCLUDEDIR other than include, relative and absolute, is
# found and its headers with it.
cmake_policy(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

file(COPY "${CMAKE_CURRENT_LIST_DIR}/layout" DESTINATION "${work}")
foreach(folder IN ITEMS "headers/of/lanes" "${work}/elsewhere/headers")
  file(REMOVE_RECURSE "${work}/lanes" "${work}/prefix" "${work}/build")
  step(${CMAKE_COMMAND} -S "${LANES_SOURCE}" -B "${work}/lanes" -G "${GENERATOR}"
       -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_PREFIX_PATH=${PREFIX_PATH}"
       "-DCMAKE_INSTALL_INCLUDEDIR=${folder}" -DLANES_BUILD_TESTS=OFF -DLANES_BUILD_EXAMPLES=OFF
       -DLANES_BUILD_BENCHMARKS=OFF)
  step(${CMAKE_COMMAND} --install "${work}/lanes" --prefix "${work}/prefix")
  step(${CMAKE_COMMAND} -S "${work}/layout" -B "${work}/build" -G "${GENERATOR}"
       -DCMAKE_CXX_COMPILER=${COMPILER} "-DCMAKE_PREFIX_PATH=${work}/prefix;${PREFIX_PATH}")
  step(${CMAKE_COMMAND} --build "${work}/build")
  step("${work}/build/user")
endforeach()
file(REMOVE_RECURSE "${work}")
