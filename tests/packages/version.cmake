# SPDX-License-Identifier: BSD-3-Clause
#
# cmake -P version.cmake FOLDER    What cannot read the version from lanes/version.hpp says the same.
cmake_policy(VERSION 3.25)
math(EXPR last "${CMAKE_ARGC} - 1")
set(root "${CMAKE_ARGV${last}}")

file(STRINGS "${root}/include/lanes/version.hpp" version REGEX "^#define LANES_VERSION_")
string(REGEX MATCHALL "[0-9]+" version "${version}")
list(JOIN version "." version)

set(stated_CITATION.cff "version: ${version}")
set(stated_CHANGELOG.md "## [${version}]")
set(stated_cmake/recipes/vcpkg/lanes/vcpkg.json "\"version-semver\": \"${version}\"")
foreach(file CITATION.cff CHANGELOG.md cmake/recipes/vcpkg/lanes/vcpkg.json)
  file(READ "${root}/${file}" text)
  string(FIND "${text}" "${stated_${file}}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${file} does not say ${stated_${file}}")
  endif()
endforeach()
message("version ${version} everywhere")
