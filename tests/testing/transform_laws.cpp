// SPDX-License-Identifier: BSD-3-Clause
//
// The laws of transforms hold for every transform that the library ships, in both precisions.
#include <doctest/doctest.h>

#include <lanes/testing/transform_laws.hpp>
#include <lanes/transform/affine.hpp>
#include <lanes/transform/circular_spline.hpp>
#include <lanes/transform/cubic.hpp>
#include <lanes/transform/non_compact_projection.hpp>
#include <lanes/transform/rational_quadratic.hpp>

using namespace lanes;

namespace {

template <class P>
constexpr double range = 3;
template <int Bins, int HalfWidth>
constexpr double range<RationalQuadratic<Bins, HalfWidth>> = 1.3 * HalfWidth;  // tails too

}  // namespace

TEST_CASE_TEMPLATE("laws", P, Affine, Cubic, CircularSpline<9>, CircularSpline<2>,
                   CircularSpline<9, 20>, RationalQuadratic<8>, RationalQuadratic<1, 2>,
                   NonCompactProjection<1>, NonCompactProjection<6>) {
  const auto r = laws::check_transform<Double, P>(Seed{9}, range<P>);
  CHECK_MESSAGE(r.passed(), to_string(r));
  const auto single = laws::check_transform<Single, P>(Seed{9}, range<P>);
  CHECK_MESSAGE(single.passed(), to_string(single));
  CHECK(single.laws.size() < r.laws.size());
}
