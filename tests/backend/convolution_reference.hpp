// SPDX-License-Identifier: BSD-3-Clause
//
// The three operations of a contraction over a stencil as plain loops in double, in external
// parameter order, and a check of a backend's contraction against them.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/contraction/contraction.hpp>
#include <lanes/contraction/stencil.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/geometry/partition.hpp>

namespace lanes::reference {

// Sites at the ends of a convolution.
template <class G>
using All = AllSites<G>;
template <class G>
using Active = ActiveSites<Checkerboard::Masks<G>>;
template <class G>
using Frozen = FrozenSites<Checkerboard::Masks<G>>;

inline double number(int which, std::size_t i) {
  return 2 * uniform_pair<double>(
                 RandomStream(Seed{31}, Purpose::user).words(i, std::uint32_t(which)))
                 .first -
         1;
}

template <class Real>
struct Put {
  Rows<Real> to;
  template <class Lane, class T>
  void operator()(Lane lane, long row, T value) const {
    lane.store(to, row, value);
  }
  template <class Lane>
  void ahead(Lane, long) const {}
};

/// Deviations from the reference, relative to the largest component of each.
struct Deviation {
  double forward = 0, input = 0, weight = 0, adjoint = 0;
  bool untouched = true;  // slots of sites that are not inputs were neither read nor written
};

inline double relative(const std::vector<double>& have, const std::vector<double>& want) {
  double difference = 0, size = 1e-300;  // not 0 / 0
  for (std::size_t i = 0; i < want.size(); ++i) {
    difference =
        std::max(difference, std::isfinite(have[i]) ? std::abs(have[i] - want[i]) : INFINITY);
    size = std::max(size, std::abs(want[i]));
  }
  return difference / size;
}

/// A stencil at run time, so that the reference is compiled once.
struct Shape {
  int in, out, taps, in_pitch, out_pitch;
  bool bias;
  std::vector<int> outputs;  // [i] slot of the i-th output
  std::vector<int> reads;    // [i][tap] slot that it reads, -1 where that site is no input
  std::vector<bool> used;    // [slot] whether an input is stored there
  std::size_t kernel() const { return std::size_t(in) * std::size_t(out) * std::size_t(taps); }

  template <class S>
  static Shape of(int variant) {
    Shape shape{S::in, S::out, S::taps, S::in_pitch, S::out_pitch, S::bias, {}, {}, {}};
    std::vector<int> slot_of(std::size_t(S::volume), -1);
    for (int i = 0; i < S::Inputs::size; ++i) {
      const int slot = S::Inputs::slot(variant, i);
      slot_of[std::size_t(S::Inputs::site(variant, i))] = slot;
    }
    shape.used.assign(std::size_t(S::in_pitch), false);
    for (int slot : slot_of)
      if (slot >= 0) shape.used[std::size_t(slot)] = true;
    for (int i = 0; i < S::Outputs::size; ++i) {
      shape.outputs.push_back(S::Outputs::slot(variant, i));
      REQUIRE(shape.outputs.back() < S::out_pitch);
      for (int t = 0; t < S::taps; ++t)
        shape.reads.push_back(slot_of[std::size_t(S::source(S::Outputs::site(variant, i), t))]);
    }
    return shape;
  }
};

/// What a backend made of x, dy and the external parameters. Fields [channels][pitch][lanes].
struct Made {
  std::vector<double> x, dy, external, y, dx, gradient;
};

inline Deviation compare(const Shape& shape, int lanes, const Made& made) {
  const auto at = [lanes](int slot, int pitch, int c, int k) {
    return std::size_t((c * pitch + slot) * lanes + k);
  };
  std::vector<double> y(made.y.size()), dx(made.x.size(), 0), gradient(made.external.size(), 0);
  for (std::size_t i = 0; i < shape.outputs.size(); ++i)
    for (int o = 0; o < shape.out; ++o)
      for (int k = 0; k < lanes; ++k) {
        const std::size_t to = at(shape.outputs[i], shape.out_pitch, o, k);
        const double d = made.dy[to];
        if (shape.bias) {
          y[to] = made.external[shape.kernel() + std::size_t(o)];
          gradient[shape.kernel() + std::size_t(o)] += d;
        }
        for (int t = 0; t < shape.taps; ++t) {
          const int slot = shape.reads[i * std::size_t(shape.taps) + std::size_t(t)];
          if (slot < 0) continue;
          for (int c = 0; c < shape.in; ++c) {
            const std::size_t w = std::size_t((o * shape.in + c) * shape.taps + t),
                              e = at(slot, shape.in_pitch, c, k);
            y[to] += made.external[w] * made.x[e];
            gradient[w] += d * made.x[e];
            dx[e] += d * made.external[w];
          }
        }
      }
  Deviation r;
  r.forward = relative(made.y, y);
  r.input = relative(made.dx, dx);
  r.weight = relative(made.gradient, gradient);
  // Adjointness by the backend's own numbers: y is linear in (weight, bias), and affine in x.
  double dy_y = 0, dw_w = 0, db_b = 0, dx_x = 0, size = 0;
  for (std::size_t e = 0; e < y.size(); ++e)
    dy_y += made.dy[e] * made.y[e], size += std::abs(made.dy[e] * made.y[e]);
  for (std::size_t i = 0; i < gradient.size(); ++i)
    (i < shape.kernel() ? dw_w : db_b) += made.gradient[i] * made.external[i];
  for (std::size_t e = 0; e < dx.size(); ++e) dx_x += made.dx[e] * made.x[e];
  r.adjoint = std::max(std::abs(dy_y - dw_w - db_b), std::abs(dy_y - dx_x - db_b)) / size;
  return r;
}

template <class Precision, class S, template <class, class> class Convolution>
Deviation check(int variant) {
  using Real = typename Precision::Real;
  using Conv = Convolution<S, Real>;
  constexpr int lanes = CpuContext<Precision>::width;
  Arena arena;
  CpuContext<Precision> context(arena);
  typename CpuContext<Precision>::Scope scope(context);
  const Shape shape = Shape::of<S>(variant);
  const long in_rows = S::in_rows, out_rows = S::out_rows;
  const std::size_t in_size = std::size_t(in_rows * lanes),
                    out_size = std::size_t(out_rows * lanes);
  const auto x = context.template rows<Real>(in_rows), dx = context.template rows<Real>(in_rows);
  const auto again = context.template rows<Real>(in_rows);
  const auto y = context.template rows<Real>(out_rows), dy = context.template rows<Real>(out_rows);
  REQUIRE(std::size_t(Conv::parameters) == shape.kernel() + (S::bias ? S::out : 0));

  // Sites that are not inputs hold something that would show if it were read or written.
  const auto used = [&](std::size_t e) {
    return shape.used[e / std::size_t(lanes) % std::size_t(S::in_pitch)];
  };
  const Real poison = std::numeric_limits<Real>::quiet_NaN();
  for (std::size_t e = 0; e < in_size; ++e)
    x.data[e] = used(e) ? Real(number(0, e)) : poison, dx.data[e] = poison;
  for (std::size_t e = 0; e < out_size; ++e) dy.data[e] = Real(number(1, e)), y.data[e] = 0;
  std::vector<Real> external(static_cast<std::size_t>(Conv::parameters)),
      collected(external.size(), Real(1));
  for (std::size_t i = 0; i < external.size(); ++i) external[i] = Real(number(2, i));
  AlignedVector<Real> prepared(static_cast<std::size_t>(Conv::weights)),
      gradient(std::size_t((Conv::gradients + 15) / 16 * 16), Real(0));

  Conv::pack(external.data(), prepared.data());
  Conv::forward(context, prepared.data(), variant, x, Put<Real>{y});
  Conv::input_adjoint(context, prepared.data(), variant, dy, Put<Real>{dx});
  for (std::size_t e = 0; e < in_size; ++e) again.data[e] = poison;
  for (int twice = 0; twice < 2; ++twice)
    adjoints<Conv>(context, prepared.data(), gradient.data(), variant, x, dy,  // it adds,
                   Put<Real>{again});
  Conv::unpack(gradient.data(), collected.data());  // and so does this

  bool untouched = true, same = true;
  for (std::size_t e = 0; e < in_size; ++e)
    if (used(e)) {
      same &= again.data[e] == dx.data[e];
    } else {
      untouched &= std::isnan(dx.data[e]) && std::isnan(again.data[e]);
      x.data[e] = dx.data[e] = 0;
    }
  CHECK(same);  // both at once, and input_adjoint
  Made made{{x.data, x.data + in_size},         {dy.data, dy.data + out_size},
            {external.begin(), external.end()}, {y.data, y.data + out_size},
            {dx.data, dx.data + in_size},       {collected.begin(), collected.end()}};
  for (double& g : made.gradient) g = (g - 1) / 2;
  Deviation r = compare(shape, lanes, made);
  r.untouched = untouched;
  return r;
}

/// Every operation, every variant of the masks, to the precision's agreement.
template <class Precision, class S, template <class, class> class Convolution>
void agrees() {
  for (int variant = 0; variant < S::variants; ++variant) {
    CAPTURE(variant);
    CAPTURE(S::in);
    CAPTURE(S::out);
    CAPTURE(S::dilation);
    const Deviation d = check<Precision, S, Convolution>(variant);
    CHECK(d.forward < Precision::agreement);
    CHECK(d.input < Precision::agreement);
    CHECK(d.weight < Precision::agreement);
    CHECK(d.adjoint < Precision::agreement);
    CHECK(d.untouched);
  }
}

}  // namespace lanes::reference
