// SPDX-License-Identifier: BSD-3-Clause
//
// A build without optimisation says so once, when it first computes. This file is compiled with
// optimisation; the header alone is told that it is not.
#include <lanes/core/macros.hpp>
#if defined(__OPTIMIZE__)
#define WAS_OPTIMISED
#undef __OPTIMIZE__
#endif
#undef LANES_NO_SLOW_BUILD_WARNING
#include <lanes/core/slow_build.hpp>
#if defined(WAS_OPTIMISED)
#define __OPTIMIZE__ 1
#endif
#include <unistd.h>

#include <string>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/core/precision.hpp>

using namespace lanes;

namespace {

template <class Action>
std::string stderr_of(Action&& action) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(ends[1], STDERR_FILENO);
  ::close(ends[1]);
  action();
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::string text;
  char part[256];
  for (ssize_t n; (n = ::read(ends[0], part, sizeof part)) > 0;) text.append(part, std::size_t(n));
  ::close(ends[0]);
  return text;
}

}  // namespace

TEST_CASE("it says so at the first computation, and never again") {
  Cpu cpu{2};
  const auto compute = [&] { cpu.for_lanes<Single>(0, 64, [](auto&, std::size_t, int) {}); };
  const std::string said = stderr_of(compute);
  CHECK(said.starts_with("lanes: this program is built without optimisation"));
  CHECK(said.find('\n') == said.size() - 1);
  CHECK(stderr_of(compute).empty());
  Cpu other{1};
  CHECK(stderr_of([&] { other.for_lanes<Single>(0, 1, [](auto&, std::size_t, int) {}); }).empty());
}
