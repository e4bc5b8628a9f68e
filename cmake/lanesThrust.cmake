# SPDX-License-Identifier: BSD-3-Clause
#
# lanes::thrust: the Thrust backend on the threads of this machine, compiled by any C++ compiler.
# lanes::cuda:   the Thrust backend on a GPU, for sources that nvcc compiles (*.cu).
#
#   LANES_THRUST_SYSTEM        OMP, TBB or CPP (one thread): what lanes::thrust runs on
#   LANES_THRUST_INCLUDE_DIR   the folder that holds thrust/version.h, for lanes::thrust
#
# There may be several Thrusts on a machine (a distribution's; a CUDA toolkit's, in include/cccl). Each target uses one:
# lanes::thrust that of the variable, lanes::cuda that of its nvcc. Which one is printed. Nothing is defined that
# is not found. The installed package includes this file too.
include_guard(GLOBAL)

set(LANES_THRUST_SYSTEM OMP CACHE STRING "What lanes::thrust runs on: OMP, TBB or CPP")
set_property(CACHE LANES_THRUST_SYSTEM PROPERTY STRINGS OMP TBB CPP)
find_package(CUDAToolkit QUIET)
find_path(LANES_THRUST_INCLUDE_DIR thrust/version.h
          PATHS ${CUDAToolkit_INCLUDE_DIRS} PATH_SUFFIXES cccl
          DOC "The folder that holds thrust/version.h, for lanes::thrust")
mark_as_advanced(LANES_THRUST_INCLUDE_DIR)

# The version of the Thrust in a folder, as 1.17.2.
function(lanes_thrust_version folder result)
  file(STRINGS "${folder}/thrust/version.h" line REGEX "^#define THRUST_VERSION +[0-9]+")
  string(REGEX MATCH "[0-9]+" number "${line}")
  math(EXPR major "${number} / 100000")
  math(EXPR minor "${number} / 100 % 1000")
  math(EXPR patch "${number} % 100")
  set(${result} "${major}.${minor}.${patch}" PARENT_SCOPE)
endfunction()

# What a target needs to run on a system (OMP, TBB or CPP) with the Thrust of a folder.
function(lanes_thrust_requirements target system folder)
  target_compile_definitions(${target} INTERFACE
    THRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_${system})
  target_include_directories(${target} SYSTEM INTERFACE "${folder}")
  if(system STREQUAL "TBB")
    find_package(TBB QUIET)
    if(NOT TARGET TBB::tbb)
      message(FATAL_ERROR "lanes: LANES_THRUST_SYSTEM=TBB needs TBB (Debian: libtbb-dev)")
    endif()
    target_link_libraries(${target} INTERFACE TBB::tbb)
  elseif(NOT system MATCHES "^(OMP|CPP)$")
    message(FATAL_ERROR "lanes: LANES_THRUST_SYSTEM is ${system} (allowed: OMP, TBB, CPP)")
  endif()
endfunction()

if(LANES_THRUST_INCLUDE_DIR AND NOT TARGET lanes::thrust)
  lanes_thrust_version("${LANES_THRUST_INCLUDE_DIR}" version)
  message(STATUS
    "lanes::thrust: ${LANES_THRUST_SYSTEM}, Thrust ${version} in ${LANES_THRUST_INCLUDE_DIR}")
  add_library(lanes::thrust INTERFACE IMPORTED GLOBAL)
  target_link_libraries(lanes::thrust INTERFACE lanes::lanes)
  lanes_thrust_requirements(lanes::thrust ${LANES_THRUST_SYSTEM} "${LANES_THRUST_INCLUDE_DIR}")
endif()

get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if("CUDA" IN_LIST languages AND NOT TARGET lanes::cuda)
  # CMake before 3.26 knows no C++20 flag for recent nvcc.
  if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
    set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION "-std=c++20")
    set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION "-std=c++20")
  endif()
  if(NOT CMAKE_CUDA_STANDARD)
    set(CMAKE_CUDA_STANDARD 20)
  endif()
  foreach(folder IN LISTS CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES)
    foreach(place "${folder}/cccl" "${folder}")
      if(NOT cuda_thrust AND EXISTS "${place}/thrust/version.h")
        set(cuda_thrust "${place}")
      endif()
    endforeach()
  endforeach()
  set(version "of nvcc")
  if(cuda_thrust)
    lanes_thrust_version("${cuda_thrust}" version)
  endif()
  message(STATUS "lanes::cuda: CUDA ${CMAKE_CUDA_COMPILER_VERSION}, architectures "
    "${CMAKE_CUDA_ARCHITECTURES}, Thrust ${version} in ${cuda_thrust}")
  add_library(lanes::cuda INTERFACE IMPORTED GLOBAL)
  target_link_libraries(lanes::cuda INTERFACE lanes::lanes CUDA::cublas)
  target_compile_definitions(lanes::cuda INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:EIGEN_NO_CUDA>)
endif()
