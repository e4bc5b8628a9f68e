# Not run: written by the documentation of Conan 2 (header-only packages, CMakeToolchain, CMakeDeps).
# SPDX-License-Identifier: BSD-3-Clause
#
# conan create cmake/recipes/conan, from a checkout. Random123 is in no public Conan index: install it by
# the system, and give its folder:
#   conan create cmake/recipes/conan -c tools.cmake.cmaketoolchain:extra_variables="{'LANES_RANDOM123_INCLUDE_DIR': '/usr/include'}"
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

root = os.path.join("..", "..", "..")


class Lanes(ConanFile):
    name = "lanes"
    description = "Neural samplers for lattice field theory, composed at compile time"
    license = "BSD-3-Clause"
    topics = ("lattice field theory", "normalizing flows", "Monte Carlo", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"

    def set_version(self):
        header = load(self, os.path.join(self.recipe_folder, root, "include/lanes/version.hpp"))
        self.version = ".".join(re.findall(r"#define LANES_VERSION_\w+ (\d+)", header))

    def export_sources(self):
        source = os.path.join(self.recipe_folder, root)
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "include/*"):
            copy(self, pattern, source, self.export_sources_folder)

    def requirements(self):
        # The library's headers include those of all of them.
        self.requires("eigen/[>=3.4]", transitive_headers=True)
        self.requires("xsimd/[>=8.1]", transitive_headers=True)
        self.requires("xtensor/[>=0.24]", transitive_headers=True)
        self.requires("nlohmann_json/[>=3.11]", transitive_headers=True)

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.25]")

    def validate(self):
        check_min_cppstd(self, 20)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "EXAMPLES", "BENCHMARKS"):
            toolchain.cache_variables[f"LANES_BUILD_{part}"] = False
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_id(self):
        self.info.clear()

    def package_info(self):
        # The package's own config has lanes::native too, and finds Random123 and OpenMP.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("share", "cmake", "lanes")]
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
