# SPDX-License-Identifier: BSD-3-Clause
#
# The user linked/, which gets the library BY find_package, add_subdirectory or FetchContent (from
# an archive of what a release holds), is built as CONFIG by COMPILER and run.
cmake_policy(VERSION 3.25)
include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

file(COPY "${CMAKE_CURRENT_LIST_DIR}/linked" DESTINATION "${work}")
set(options -G "${GENERATOR}" -DCMAKE_BUILD_TYPE=${CONFIG} -DCMAKE_CXX_COMPILER=${COMPILER})
if(BY STREQUAL "find_package")
  step(${CMAKE_COMMAND} -S "${LANES_SOURCE}" -B "${work}/lanes" ${options}
       "-DCMAKE_PREFIX_PATH=${PREFIX_PATH}" -DLANES_BUILD_TESTS=OFF -DLANES_BUILD_EXAMPLES=OFF
       -DLANES_BUILD_BENCHMARKS=OFF)
  step(${CMAKE_COMMAND} --install "${work}/lanes" --prefix "${work}/prefix")
elseif(BY STREQUAL "FetchContent")
  file(GLOB release RELATIVE "${LANES_SOURCE}" "${LANES_SOURCE}/CMakeLists.txt"
       "${LANES_SOURCE}/LICENSE" "${LANES_SOURCE}/cmake" "${LANES_SOURCE}/include")
  execute_process(COMMAND ${CMAKE_COMMAND} -E tar czf "${work}/lanes.tar.gz" ${release}
                  WORKING_DIRECTORY "${LANES_SOURCE}" COMMAND_ERROR_IS_FATAL ANY)
endif()
step(${CMAKE_COMMAND} -S "${work}/linked" -B "${work}/build" ${options} -DBY=${BY}
     "-DCMAKE_PREFIX_PATH=${work}/prefix;${PREFIX_PATH}" "-DLANES_SOURCE=${LANES_SOURCE}"
     "-DLANES_ARCHIVE=${work}/lanes.tar.gz")
step(${CMAKE_COMMAND} --build "${work}/build")
step("${work}/build/user")
file(REMOVE_RECURSE "${work}")
