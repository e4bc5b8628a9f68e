// SPDX-License-Identifier: BSD-3-Clause
//
// FreeFieldBase: the linear layer that turns N(0, 1) into a free field; first in a chain, it makes
// the base density a Gaussian with the lattice propagator, normalised exactly:
//
//   y = H D H z,   D(k) = exp(a) / sqrt(khat^2 + m^2),   khat^2 = sum_mu 4 sin^2(k_mu / 2)
//   <y(x) y(0)> = exp(2a) / V sum_k cos(k x) / (khat^2 + m^2),   ln|det dy/dz| = sum_k ln D(k)
//
// H is the discrete Hartley transform, direction by direction, cas(2 pi k x / E) / sqrt(E) with cas
// = cos + sin: real, symmetric, its own inverse (layer/hartley.hpp); D is even in each k_mu, so H D
// H commutes with translations. Two parameters, ln m^2 and a, start at 0. Cost per lane: about 6 V
// log2 V flops each way. Leaves nothing on the tape.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>

#include <lanes/core/kernels.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/field/field.hpp>
#include <lanes/layer/hartley.hpp>
#include <lanes/layer/layer.hpp>

namespace lanes {

struct FreeFieldBase {
  template <class Field, class Geometry>
  static constexpr bool accepts() {
    constexpr bool right = SiteField<Field, Geometry> && !PeriodicField<Field>;
    static_assert(right, "lanes: FreeFieldBase is a scalar field's: one real number per site.");
    return right;
  }

  template <class S>
  class Layer : public Sized<2> {
    using Context = typename S::Context;
    using Real = typename S::Real;
    using Geometry = typename S::Geometry;
    static constexpr int n = Geometry::volume;
    static constexpr int longest = [] {
      int most = 0;
      for (int e : Geometry::extents) most = e > most ? e : most;
      return most;
    }();

   public:
    template <Way way>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x,
                     Rows<double> log_det) {
      const Spectrum spectrum(share.weights);
      turn(context, x);
      context.for_each(n, Multiply{spectrum, double(sign(way)), x});
      context.sum(n, LogDet{spectrum, double(sign(way))}, log_det);
      turn(context, x);
    }
    template <Way way>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real> d_log_det) {
      const Spectrum spectrum(share.weights);
      constexpr double power = sign(way);
      turn(context, x);
      turn(context, dx);
      if (share.gradient)
        for (int p = 0; p < parameters; ++p)
          context.reduce(n, Gradient{spectrum, power, p, x, dx, d_log_det}, share.gradient + p);
      context.for_each(n, Multiply{spectrum, -power, x});
      context.for_each(n, Multiply{spectrum, power, dx});
      turn(context, x);
      turn(context, dx);
    }

    // Kernels are public: a CUDA compiler names their types.
    // One direction of H, in place.
    template <int Mu>
    struct Transform {
      static constexpr int E = Geometry::extents[std::size_t(Mu)];
      detail::HartleyTable<Real, E> table;
      Rows<Real> x;
      Real factor;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int line, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        T from[std::size_t(E)], to[std::size_t(E)];
        for (int k = 0; k < E; ++k) from[k] = lane.load(x, row(line, k));
        table.template apply<E>(from, 1, to);
        for (int k = 0; k < E; ++k) lane.store(x, row(line, k), to[k] * T(factor));
      }
      LANES_HD LANES_INLINE static int row(int line, int k) {
        return detail::row_of_line(line, k, E, Geometry::stride(Mu));
      }
    };

    // khat^2 + m^2 at each momentum, in double.
    struct Spectrum {
      const Real* parameters;
      double khat2[Geometry::dimension][std::size_t(longest)];
      /// From ln m^2 and a.
      explicit Spectrum(const Real* weights) : parameters(weights), khat2{} {
        for (int mu = 0; mu < Geometry::dimension; ++mu)
          for (int k = 0; k < Geometry::extent(mu); ++k) {
            const double s = std::sin(3.141592653589793 * k / Geometry::extent(mu));
            khat2[mu][k] = 4 * s * s;
          }
      }
      /// m^2.
      LANES_HD LANES_INLINE double mass2() const { return std::exp(double(parameters[0])); }
      LANES_HD LANES_INLINE double at(int i) const {
        double sum = mass2();
        for (int mu = 0; mu < Geometry::dimension; ++mu)
          sum += khat2[mu][Geometry::coordinate(i, mu)];
        return sum;
      }
    };
    // x(k) times D(k)^power
    struct Multiply {
      Spectrum spectrum;  // khat^2 + m^2
      double power;  // 1 or -1: the map or its inverse
      Rows<Real> x;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        const double d = std::exp(double(spectrum.parameters[1])) / std::sqrt(spectrum.at(i));
        const Real factor = static_cast<Real>(power > 0 ? d : 1 / d);
        lane.store(x, i, lane.load(x, i) * Pack<Real, Lane::width>(factor));
      }
    };
    /// power ln D(k) of a mode.
    struct LogDet {
      Spectrum spectrum;  // khat^2 + m^2
      double power;  // 1 or -1: the map or its inverse
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int i, Lane) const {
        return Pack<double, Lane::width>(
            power * (double(spectrum.parameters[1]) - 0.5 * std::log(spectrum.at(i))));
      }
    };
    // d ln D(k) / d parameter times (x dx + d_log_det)
    struct Gradient {
      Spectrum spectrum;  // khat^2 + m^2
      double power;   // 1 or -1: the map or its inverse
      int parameter;  // ln m^2 or a
      Rows<Real> x, dx, d_log_det;
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
        const double d = parameter == 1 ? 1 : -0.5 * spectrum.mass2() / spectrum.at(i);
        return fma(lane.load(x, i), lane.load(dx, i), lane.load(d_log_det)) *
               Pack<Real, Lane::width>(static_cast<Real>(power * d));
      }
    };

   private:
    // x becomes H x.
    static void turn(Context& context, Rows<Real> x) {
      [&]<int... Mu>(std::integer_sequence<int, Mu...>) {
        (context.for_each(n / Transform<Mu>::E,
                          Transform<Mu>{{}, x, Real(1 / std::sqrt(double(Transform<Mu>::E)))}),
         ...);
      }(std::make_integer_sequence<int, Geometry::dimension>{});
    }
  };
};
static_assert(Layer<FreeFieldBase>);

}  // namespace lanes
