# Not run: written by vcpkg's documentation (vcpkg_cmake_configure, vcpkg_cmake_config_fixup) and its ports.
# SPDX-License-Identifier: BSD-3-Clause
#
# An overlay port, of the checkout that it lies in:
#   vcpkg install lanes --overlay-ports=cmake/recipes/vcpkg
# A port elsewhere takes its source by vcpkg_from_git or vcpkg_from_github.
cmake_path(SET SOURCE_PATH NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../../../..")

set(VCPKG_BUILD_TYPE release)  # headers only

vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DLANES_BUILD_TESTS=OFF
    -DLANES_BUILD_EXAMPLES=OFF
    -DLANES_BUILD_BENCHMARKS=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/lanes)
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/share/doc")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
