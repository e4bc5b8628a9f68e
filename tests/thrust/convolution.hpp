// SPDX-License-Identifier: BSD-3-Clause
//
// WideConvolution, the products of matrices, against FusedConvolution, the kernels over sites.
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/contractions.hpp>
#include <lanes/backend/thrust.hpp>
#include <lanes/contraction/masked_shape.hpp>
#include <lanes/contraction/stencil.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>
#include <lanes/geometry/partition.hpp>

namespace wide {

using namespace lanes;

using Numbers = std::vector<double>;

inline Numbers numbers(std::uint32_t which, std::size_t n) {
  const RandomStream stream(Seed{31}, Purpose::user);
  Numbers values(n);
  for (std::size_t i = 0; i < n; ++i)
    values[i] = 2 * uniform_pair<double>(stream.words(i, which)).first - 1;
  return values;
}

struct Made {
  Numbers y, dx, gradient;
};

template <class Precision, class Stencil, class Convolution>
Made make(int variant) {
  using Real = typename Precision::Real;
  constexpr int lanes = 24, in_rows = Stencil::in_rows, out_rows = Stencil::out_rows;
  constexpr std::size_t in_size = std::size_t(lanes) * in_rows,
                        out_size = std::size_t(lanes) * out_rows;
  Made made{Numbers(out_size), Numbers(in_size), {}};
  const Numbers from_x = numbers(1, in_size), from_dy = numbers(2, out_size);
  const Numbers parameters = numbers(3, Convolution::parameters);
  device::Vector<Real> weight, gradient(Convolution::gradients);
  weight.assign(std::vector<Real>(parameters.begin(), parameters.end()));
  Thrust backend;
  backend.for_lanes<Precision>(0, lanes, [&](auto& context, std::size_t, int) {
    const auto x = context.template rows<Real>(in_rows), dx = context.template rows<Real>(in_rows);
    const auto y = context.template rows<Real>(out_rows),
               dy = context.template rows<Real>(out_rows);
    context.load_lanes(from_x.data(), in_rows, lanes, x);
    context.load_lanes(from_dy.data(), out_rows, lanes, dy);
    device::set_zero(context.pointer(y), out_size * sizeof(Real));
    device::set_zero(context.pointer(dx), in_size * sizeof(Real));
    Convolution::forward(context, weight.data(), variant, x, StoreTo<Real>{y});
    Convolution::input_adjoint(context, weight.data(), variant, dy, StoreTo<Real>{dx});
    for (int twice = 0; twice < 2; ++twice)  // it adds
      Convolution::weight_adjoint(context, gradient.data(), variant, x, dy);
    context.store_lanes(y, out_rows, lanes, made.y.data());
    context.store_lanes(dx, in_rows, lanes, made.dx.data());
  });
  const auto sums = std::as_const(gradient).host();
  made.gradient.assign(sums.begin(), sums.end());
  return made;
}

template <class Precision>
void check_close(const Numbers& found, const Numbers& expected) {
  REQUIRE(found.size() == expected.size());
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    difference =
        std::max(difference, std::isfinite(found[i]) ? std::abs(found[i] - expected[i]) : INFINITY);
    size = std::max(size, std::abs(expected[i]));
  }
  CHECK(size > 1);
  CHECK(difference < size * Precision::agreement);
}

template <class Precision, class Stencil>
void agrees() {
  using Real = typename Precision::Real;
  using Operand = typename Precision::Operand;
  for (int variant = 0; variant < Stencil::variants; ++variant) {
    CAPTURE(variant);
    const Made fused =
        make<Precision, Stencil, device::FusedConvolution<Stencil, Real, Operand>>(variant);
    const Made wide =
        make<Precision, Stencil, device::WideConvolution<Stencil, Real, Operand>>(variant);
    check_close<Precision>(wide.y, fused.y);
    check_close<Precision>(wide.dx, fused.dx);
    check_close<Precision>(wide.gradient, fused.gradient);
  }
}

template <class G>
using All = AllSites<G>;
template <class G>
using Active = ActiveSites<Checkerboard::Masks<G>>;

// Each kind keeps the contract: fused, wide, masked.
template <class P>
using InThrust = ThrustContext<P>;
template <class P, int In, int Out>
using Of = ConvolutionFor<InThrust<P>, Stencil<Lattice<4, 6>, In, Out, 3, 1, true,
                                               All<Lattice<4, 6>>, All<Lattice<4, 6>>>>;
struct Positions {
  static constexpr MaskedShape value = {.positions = 20};
};
static_assert(ConvolutionOf<Of<Single, 5, 3>, InThrust<Single>> &&
              ConvolutionOf<Of<Single, 34, 17>, InThrust<Single>> &&
              MaskedProductOf<MaskedFor<InThrust<Double>, Positions, 2>, InThrust<Double>> &&
              !OneCursor<InThrust<Double>>);

template <class Precision>
void stencils() {
  using G = Lattice<4, 6>;
  agrees<Precision, Stencil<G, 34, 17, 3, 1, true, All<G>, All<G>>>();
  agrees<Precision, Stencil<G, 5, 3, 3, 2, false, All<G>, Active<G>>>();
  using Large = Lattice<10, 8>;  // more sites than sums
  agrees<Precision, Stencil<Large, 3, 4, 3, 3, true, All<Large>, All<Large>>>();
  using Long = Lattice<6>;
  agrees<Precision, Stencil<Long, 2, 3, 5, 1, true, All<Long>, All<Long>>>();
}

TEST_CASE("Single: products of matrices and fused kernels agree") { stencils<Single>(); }
TEST_CASE("Double: products of matrices and fused kernels agree") { stencils<Double>(); }
TEST_CASE("Mixed: products of matrices and fused kernels agree") { stencils<Mixed<bfloat16>>(); }

}  // namespace wide
