# SPDX-License-Identifier: BSD-3-Clause
#
# The project parent, which has the library in it, is configured, compiled and installed; then a user
# finds its exported target.
cmake_policy(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

file(COPY "${CMAKE_CURRENT_LIST_DIR}/parent" DESTINATION "${work}")
step(${CMAKE_COMMAND} -S "${work}/parent" -B "${work}/build" -G "${GENERATOR}"
     -DCMAKE_BUILD_TYPE= -DCMAKE_CXX_COMPILER=${COMPILER} "-DLANES_SOURCE=${LANES_SOURCE}"
     "-DCMAKE_PREFIX_PATH=${PREFIX_PATH}")
step(${CMAKE_COMMAND} --build "${work}/build")
step(${CMAKE_COMMAND} --install "${work}/build" --prefix "${work}/prefix")
file(GLOB exported "${work}/prefix/share/cmake/parent/parentConfig.cmake")
file(STRINGS "${exported}" linked REGEX "INTERFACE_LINK_LIBRARIES .*lanes::lanes")
file(GLOB package "${work}/prefix/share/cmake/lanes/lanesConfig.cmake")
file(REMOVE_RECURSE "${work}")
if(NOT linked OR NOT package)
  message(FATAL_ERROR "the parent's export does not name lanes::lanes, or it is not installed")
endif()
