# Not run: written by Spack's packaging guide (packages of API v2, Spack 1.0 or newer).
# SPDX-License-Identifier: BSD-3-Clause
#
# In a repository of one's own, as spack_repo/<name>/packages/lanes/package.py beside a repo.yaml; then
# spack repo add <its folder>. Of a checkout: spack dev-build lanes@main (in the checkout).
from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Lanes(CMakePackage):
    """Neural samplers for lattice field theory, composed at compile time (header-only C++20)."""

    license("BSD-3-Clause")

    # Until there is an address: git = "...", and version("0.1.0", tag="v0.1.0", commit="...").
    version("main", branch="main")

    variant("thrust", default=False, description="The Thrust backend on TBB's threads")

    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")

    # What the headers include is needed wherever they are: at build time and by those that link.
    with default_args(type=("build", "link")):
        depends_on("eigen@3.4:")
        depends_on("xsimd@8.1:")
        depends_on("xtensor@0.24:")
        depends_on("nlohmann-json@3.11:")
        depends_on("random123")
        depends_on("tbb", when="+thrust")

    conflicts("%gcc@:11", msg="lanes needs g++ 12 or newer, for C++20")
    conflicts("%apple-clang", msg="lanes needs a compiler with OpenMP")

    def cmake_args(self):
        args = [
            self.define("LANES_BUILD_TESTS", False),
            self.define("LANES_BUILD_EXAMPLES", False),
            self.define("LANES_BUILD_BENCHMARKS", False),
            self.define("LANES_RANDOM123_INCLUDE_DIR", self.spec["random123"].prefix.include),
        ]
        if self.spec.satisfies("+thrust"):
            args.append(self.define("LANES_THRUST_SYSTEM", "TBB"))
        return args
