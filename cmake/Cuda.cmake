# SPDX-License-Identifier: BSD-3-Clause
#
# Enables CUDA. Include at the top level, before lanesThrust.cmake; set CMAKE_CUDA_ARCHITECTURES first (the presets
# say 90), since CMake's default is older than the cards that the library is tuned for.
if(NOT CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 90 CACHE STRING "CUDA architectures")
endif()
enable_language(CUDA)
