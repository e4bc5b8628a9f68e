# SPDX-License-Identifier: BSD-3-Clause
#
# Builds and runs the project USER (installed or subdirectory) in a folder outside the tree, and
# looks at its compile commands: the library may not put warning, optimisation or architecture flags
# on a user's target.
cmake_policy(VERSION 3.25)

include("${CMAKE_CURRENT_LIST_DIR}/steps.cmake")

file(COPY "${CMAKE_CURRENT_LIST_DIR}/${USER}" "${CMAKE_CURRENT_LIST_DIR}/main.cpp"
     DESTINATION "${work}")
if(USER STREQUAL "installed")
  step(${CMAKE_COMMAND} --install "${LANES_BUILD}" --prefix "${work}/prefix")
  set(where "-DCMAKE_PREFIX_PATH=${work}/prefix;${PREFIX_PATH}")
else()
  set(where "-DLANES_SOURCE=${LANES_SOURCE}" "-DCMAKE_PREFIX_PATH=${PREFIX_PATH}")
endif()
step(${CMAKE_COMMAND} -S "${work}/${USER}" -B "${work}/build" -G "${GENERATOR}"
     -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${COMPILER}
     -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "${where}")
step(${CMAKE_COMMAND} --build "${work}/build")
step("${work}/build/user")
step("${work}/build/native_user")
set(expected_sources 2)
if(EXISTS "${work}/build/thrust_user")
  step("${work}/build/thrust_user")
  set(expected_sources 3)
endif()

file(READ "${work}/build/compile_commands.json" commands)
string(JSON count LENGTH "${commands}")
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON command GET "${commands}" ${i} command)
  if(command MATCHES "native_user")
    if(NOT command MATCHES " -march=native")
      set(complaint "lanes::native has no effect:\n${command}")
    endif()
  elseif(command MATCHES " (-W[a-z]|-march|-m[a-z]+=|-f[a-z-]*math|-fsanitize)")
    set(complaint "a flag of the library's own leaks to its user:\n${command}")
  endif()
endforeach()
if(NOT count EQUAL expected_sources)
  set(complaint "the user builds ${count} sources instead of its own ${expected_sources}")
endif()
file(REMOVE_RECURSE "${work}")
if(complaint)
  message(FATAL_ERROR "${complaint}")
endif()
