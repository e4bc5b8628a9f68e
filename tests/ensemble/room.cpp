// SPDX-License-Identifier: BSD-3-Clause
//
// make_room: room that there is, and what is said where there is none.
#include <cstddef>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/ensemble/room.hpp>

using namespace lanes;

TEST_CASE("room for configurations") {
  std::vector<float> v;
  detail::make_room(v, 3, 4);
  CHECK(v == std::vector<float>(12));
  // sizes that do not fit in an address, and their product not in a std::size_t
  for (const std::size_t n : {std::size_t(1) << 58, std::size_t(1) << 62})
    CHECK_THROWS_AS(detail::make_room(v, n, 64), std::runtime_error);
  CHECK_THROWS_WITH(detail::make_room(v, 1'000'000'000'000'000'000, 64),
                    "lanes: there is no memory for 1000000000000000000 configurations of 64 numbers, "
                    "2.56e+11 GB: keep fewer, or write them piece by piece (lanes/io/npy.hpp)");
  CHECK(v.size() == 12);
}
