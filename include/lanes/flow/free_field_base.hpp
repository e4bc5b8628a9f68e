// SPDX-License-Identifier: BSD-3-Clause
//
// FreeFieldBase: the linear layer that turns N(0, 1) into a free field; first in a chain, it makes the
// base density a Gaussian with the lattice propagator, normalised exactly:
//
//   y = H D H z,   D(k) = exp(a) / sqrt(khat^2 + m^2),   khat^2 = sum_mu 4 sin^2(k_mu / 2)
//   <y(x) y(0)> = exp(2a) / V sum_k cos(k x) / (khat^2 + m^2),   ln|det dy/dz| = sum_k ln D(k)
//
// H is the discrete Hartley transform, direction by direction, cas(2 pi k x / E) / sqrt(E) with cas = cos
// + sin: real, symmetric, its own inverse; D is even in each k_mu, so H D H commutes with translations.
// Two parameters, ln m^2 and a, start at 0. Cost per lane: 4 V sum_mu E_mu flops each way. Leaves
// nothing on the tape (layer interface: flow/coupling.hpp).
#pragma once

#include <cmath>

#include <lanes/core/kernels.hpp>
#include <lanes/core/pack.hpp>
#include <lanes/core/rows.hpp>
#include <lanes/network/initialiser.hpp>

namespace lanes {

struct FreeFieldBase {
  template <class Context, class Field, class Geometry>
  class On {
    static_assert(Field::template components<Geometry> == 1,
                  "lanes: FreeFieldBase is a scalar field's: one number per site.");
    using Real = typename Context::Real;
    static constexpr int n = Geometry::volume;
    static constexpr int longest = [] {
      int most = 0;
      for (int e : Geometry::extents) most = e > most ? e : most;
      return most;
    }();

   public:
    static constexpr int positions = 0, parameters = 2, weights = 2, gradients = 2, tape_rows = 0;

    static void initialise(Initialiser&, Real* external) { external[0] = external[1] = 0; }
    static void prepare(const Real* external, Real* prepared) {
      for (int i = 0; i < parameters; ++i) prepared[i] = external[i];
    }
    static void collect(const Real* gradient, Real* external) {
      for (int i = 0; i < parameters; ++i) external[i] += gradient[i];
    }

    static void forward(Context& context, const Real* prepared, int, Rows<Real> x,
                        Rows<double> log_det, Rows<Real>) {
      move(context, prepared, 1, x, log_det);
    }
    static void inverse(Context& context, const Real* prepared, int, Rows<Real> x,
                        Rows<double> log_det, Rows<Real>) {
      move(context, prepared, -1, x, log_det);
    }
    static void forward_adjoint(Context& context, const Real* prepared, Real* gradient, int,
                                Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det, Rows<Real>) {
      adjoint(context, prepared, gradient, 1, x, dx, d_log_det);
    }
    static void inverse_adjoint(Context& context, const Real* prepared, Real* gradient, int,
                                Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det, Rows<Real>) {
      adjoint(context, prepared, gradient, -1, x, dx, d_log_det);
    }

    // Kernels are public: a CUDA compiler names their types.
    // One direction of H.
    struct Transform {
      int mu;
      Rows<Real> from, to;
      Real cas[longest];  // of 2 pi j / E, over sqrt(E)
      Transform(int direction, Rows<Real> source, Rows<Real> target)
          : mu(direction), from(source), to(target), cas{} {
        const int e = Geometry::extent(mu);
        for (int j = 0; j < e; ++j) {
          const double angle = 6.283185307179586 * j / e;
          cas[j] = static_cast<Real>((std::cos(angle) + std::sin(angle)) / std::sqrt(double(e)));
        }
      }
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        using T = Pack<Real, Lane::width>;
        const int e = Geometry::extent(mu), step = Geometry::stride(mu);
        const int k = Geometry::coordinate(i, mu), first = i - k * step;
        T sum(0);
        for (int x = 0, j = 0; x < e; ++x) {
          sum = fma(T(cas[j]), lane.load(from, first + x * step), sum);
          j = j + k < e ? j + k : j + k - e;
        }
        lane.store(to, i, sum);
      }
    };

    // khat^2 + m^2 at each momentum, in double.
    struct Spectrum {
      const Real* parameters;
      double khat2[Geometry::dimension][longest];
      explicit Spectrum(const Real* prepared) : parameters(prepared), khat2{} {
        for (int mu = 0; mu < Geometry::dimension; ++mu)
          for (int k = 0; k < Geometry::extent(mu); ++k) {
            const double s = std::sin(3.141592653589793 * k / Geometry::extent(mu));
            khat2[mu][k] = 4 * s * s;
          }
      }
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
      Spectrum spectrum;
      double power;
      Rows<Real> x;
      template <class Lane>
      LANES_HD LANES_INLINE void operator()(int i, Lane lane) const {
        const double d = std::exp(double(spectrum.parameters[1])) / std::sqrt(spectrum.at(i));
        const Real factor = static_cast<Real>(power > 0 ? d : 1 / d);
        lane.store(x, i, lane.load(x, i) * Pack<Real, Lane::width>(factor));
      }
    };
    struct LogDet {
      Spectrum spectrum;
      double power;
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int i, Lane) const {
        return Pack<double, Lane::width>(
            power * (double(spectrum.parameters[1]) - 0.5 * std::log(spectrum.at(i))));
      }
    };
    // d ln D(k) / d parameter times (x dx + d_log_det)
    struct Gradient {
      Spectrum spectrum;
      double power;
      int parameter;
      Rows<Real> x, dx, d_log_det;
      template <class Lane>
      LANES_HD LANES_INLINE auto operator()(int i, Lane lane) const {
        const double d = parameter == 1 ? 1 : -0.5 * spectrum.mass2() / spectrum.at(i);
        return fma(lane.load(x, i), lane.load(dx, i), lane.load(d_log_det)) *
               Pack<Real, Lane::width>(static_cast<Real>(power * d));
      }
    };

   private:
    // H x, in x or in spare; twice H ends in x.
    struct Turned {
      Rows<Real> value, spare;
    };
    static Turned turn(Context& context, Rows<Real> x, Rows<Real> spare) {
      for (int mu = 0; mu < Geometry::dimension; ++mu) {
        context.for_each(n, Transform{mu, x, spare});
        const auto done = spare;
        spare = x;
        x = done;
      }
      return {x, spare};
    }
    static void move(Context& context, const Real* prepared, int power, Rows<Real> x,
                     Rows<double> log_det) {
      typename Context::Scope scope(context);
      const auto k = turn(context, x, context.template rows<Real>(n));
      context.for_each(n, Multiply{Spectrum(prepared), double(power), k.value});
      context.sum(n, LogDet{Spectrum(prepared), double(power)}, log_det);
      turn(context, k.value, k.spare);
    }
    static void adjoint(Context& context, const Real* prepared, Real* gradient, int power,
                        Rows<Real> x, Rows<Real> dx, Rows<Real> d_log_det) {
      typename Context::Scope scope(context);
      const Spectrum spectrum(prepared);
      const auto k = turn(context, x, context.template rows<Real>(n));
      const auto dk = turn(context, dx, context.template rows<Real>(n));
      if (gradient)
        for (int p = 0; p < parameters; ++p)
          context.reduce(n, Gradient{spectrum, double(power), p, k.value, dk.value, d_log_det},
                         gradient + p);
      context.for_each(n, Multiply{spectrum, -double(power), k.value});
      context.for_each(n, Multiply{spectrum, double(power), dk.value});
      turn(context, k.value, k.spare);
      turn(context, dk.value, dk.spare);
    }
  };
};

}  // namespace lanes
