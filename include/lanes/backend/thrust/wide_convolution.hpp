// SPDX-License-Identifier: BSD-3-Clause
//
// WideConvolution: a contraction over a stencil (contraction/stencil.hpp) whose inputs are all
// sites, as products of matrices; a drop-in for FusedConvolution where channels are many (is_wide).
//
//   forward          out[x][o] = bias[o] + sum_t (weight_t in[source(x, t)])[o]
//   input_adjoint    d_in[source(x, t)] += weight_t^T d_out[x]
//   weight_adjoint   d_weight_t += sum_x d_out[x] in[source(x, t)]^T,  d_bias likewise
//
// weight_t is the [out][in] matrix of a tap. For one tap no two sites x share a source, so the
// products of all sites are one batch for the Multiplier; the taps are taken in turn. Weight
// gradients: all taps of up to 64 sites are one batch, each site in its own sum, and the sums are
// added in order.
#pragma once

#include <lanes/backend/thrust/context.hpp>
#include <lanes/backend/thrust/external_order.hpp>
#include <lanes/backend/thrust/multiplier.hpp>
#include <lanes/backend/thrust/site_tables.hpp>

namespace lanes::device {

/// Enough channels to keep cuBLAS busy. Elsewhere the fused kernels are faster.
template <class Stencil>
inline constexpr bool is_wide = on_gpu&& Stencil::in >= 32 && Stencil::out >= 16 &&
                                Stencil::Inputs::size == Stencil::volume&& Stencil::ones == 0;

template <class Stencil, class Real, class Operand>
class WideConvolution : public ExternalOrder<Stencil, Real> {
  using Base = ExternalOrder<Stencil, Real>;
  using Base::kernel_size;
  using Table = SiteTable<Stencil, true>;
  static constexpr int in = Stencil::in, out = Stencil::out, taps = Stencil::taps;
  static constexpr int in_pitch = Stencil::in_pitch, out_pitch = Stencil::out_pitch;
  static constexpr int matrix = in * out, sites = Table::sites;
  static constexpr int sums = sites < 64 ? sites : 64;  // of weight gradients
  static_assert(Stencil::Inputs::size == Stencil::volume && Stencil::ones == 0);

 public:
  /// store(lane, o * out_pitch + slot, value)
  template <class Context, class Store>
  static void forward(Context& context, const Real* packed, int variant, Rows<Real> input,
                      const Store& store) {
    typename Context::Scope scope(context);
    const int* table = context.template table<Table, Stencil>(variant);
    const int lanes = context.lanes();
    const Operand* w = matrices(context, packed);
    const Operand* x =
        operands<Operand>(context, context.pointer(input), Stencil::in_rows * long(lanes));
    Real* y = zeros(context, Stencil::out_rows);
    const auto batch = pointers<const Operand, const Operand, Real>(context, table, w, x, y);
    for (int t = 0; t < taps; ++t)
      context.multiplier().times_each(out, in, lanes, of_tap(batch, t));
    context.for_each(
        sites * out,
        StoreOutput<Store>{table, {y}, Stencil::bias ? packed + kernel_size : nullptr, store});
  }

  /// store(lane, i * in_pitch + slot, value)
  template <class Context, class Store>
  static void input_adjoint(Context& context, const Real* packed, int variant, Rows<Real> d_out,
                            const Store& store) {
    typename Context::Scope scope(context);
    const int* table = context.template table<Table, Stencil>(variant);
    const int lanes = context.lanes();
    const Operand* w = matrices(context, packed);
    const Operand* y =
        operands<Operand>(context, context.pointer(d_out), Stencil::out_rows * long(lanes));
    Real* x = zeros(context, Stencil::in_rows);
    const auto batch = pointers<const Operand, Real, const Operand>(context, table, w, x, y);
    for (int t = 0; t < taps; ++t)
      context.multiplier().transposed_each(out, in, lanes, of_tap(batch, t));
    context.for_each(Stencil::volume * in, StoreInput<Store>{{x}, store});
  }

  template <class Context>
  static void weight_adjoint(Context& context, Real* gradient, int variant, Rows<Real> input,
                             Rows<Real> d_out) {
    typename Context::Scope scope(context);
    const int* table = context.template table<Table, Stencil>(variant);
    const int lanes = context.lanes();
    const Operand* x =
        operands<Operand>(context, context.pointer(input), Stencil::in_rows * long(lanes));
    const Operand* y =
        operands<Operand>(context, context.pointer(d_out), Stencil::out_rows * long(lanes));
    constexpr std::size_t size = std::size_t(sums) * taps * matrix;
    Real* partial = context.template take<Real>(size);
    set_zero(partial, size * sizeof(Real));
    for (int first = 0; first < sites; first += sums) {
      typename Context::Scope portion(context);
      const int n = sites - first < sums ? sites - first : sums;
      context.multiplier().outer_each(out, in, lanes,
                                      pointers<Real, const Operand, const Operand>(
                                          context, table + first * Table::step, partial, x, y, n));
    }
    launch(kernel_size, AddSums{partial, gradient});
    if constexpr (Stencil::bias) {
      Real* of_lane = context.template take<Real>(std::size_t(out) * lanes);
      context.for_each(out, SumSites{table, d_out, {of_lane}});
      sum_columns<true>(static_cast<const Real*>(of_lane), out, unsigned(lanes),
                        context.template take<Real>(out * std::size_t(sum_slots)),
                        gradient + kernel_size);
    }
  }

  // Kernels are public: a CUDA compiler names their types.

  // to [taps][out][in] of weight [out][in][taps]
  struct Matrices {
    const Real* weight;
    Operand* to;
    LANES_HD void operator()(unsigned i) const {
      to[i] = Operand(weight[i % matrix * taps + i / matrix]);
    }
  };
  // The factors of each product, [taps][sites]; W points to matrices of the taps, or to the sums
  // of the weight gradient, which are those of the sites too.
  template <class W, class X, class Y>
  struct Point {
    const int* table;
    int sites, lanes;
    W* w;
    X* x;
    Y* y;
    W** w_of;
    X** x_of;
    Y** y_of;
    LANES_HD void operator()(unsigned i) const {
      const int tap = static_cast<int>(i) / sites, site = static_cast<int>(i) % sites;
      const int* slots = table + site * Table::step;
      const bool to_sums = !std::is_const_v<W>;
      w_of[i] = w + (to_sums ? long(site) * taps + tap : tap) * matrix;
      x_of[i] = x + long(slots[1 + tap]) * lanes;
      y_of[i] = y + long(slots[0]) * lanes;
    }
  };
  template <class Store>
  struct StoreOutput {
    const int* table;
    Rows<Real> y;
    const Real* bias;  // may be null
    Store store;
    LANES_HD void operator()(int i, ThrustLane lane) const {
      const int o = i / sites;
      const long row = long(o) * out_pitch + table[i % sites * Table::step];
      const auto value = lane.load(y, row);
      store(lane, row, bias ? value + Pack<Real, 1>(bias[o]) : value);
    }
  };
  template <class Store>
  struct StoreInput {
    Rows<Real> x;
    Store store;
    LANES_HD void operator()(int i, ThrustLane lane) const {
      const long row = long(i / Stencil::volume) * in_pitch + i % Stencil::volume;
      store(lane, row, lane.load(x, row));
    }
  };
  // gradient [out][in][taps] += the sum of partial [sums][taps][out][in]
  struct AddSums {
    const Real* partial;
    Real* gradient;
    LANES_HD void operator()(unsigned i) const {
      Real total = 0;
      for (int s = 0; s < sums; ++s) total += partial[long(s) * kernel_size + i];
      gradient[i % matrix * taps + i / matrix] += total;
    }
  };
  struct SumSites {
    const int* table;
    Rows<Real> d_out, to;
    LANES_HD void operator()(int o, ThrustLane lane) const {
      Pack<Real, 1> total = Real(0);
      for (int s = 0; s < sites; ++s)
        total += lane.load(d_out, long(o) * out_pitch + table[s * Table::step]);
      lane.store(to, o, total);
    }
  };

 private:
  template <class Context>
  static const Operand* matrices(Context& context, const Real* packed) {
    Operand* w = context.template take<Operand>(kernel_size);
    launch(kernel_size, Matrices{packed, w});
    return w;
  }
  template <class Context>
  static Real* zeros(Context& context, int rows) {
    const std::size_t n = std::size_t(rows) * static_cast<std::size_t>(context.lanes());
    Real* p = context.template take<Real>(n);
    set_zero(p, n * sizeof(Real));
    return p;
  }
  template <class W, class X, class Y, class Context>
  static Products<W, X, Y> pointers(Context& context, const int* table, W* w, X* x, Y* y,
                                    int count = sites) {
    const int n = taps * count;
    W** w_of = context.template take<W*>(std::size_t(n));
    X** x_of = context.template take<X*>(std::size_t(n));
    Y** y_of = context.template take<Y*>(std::size_t(n));
    launch(n, Point<W, X, Y>{table, count, context.lanes(), w, x, y, w_of, x_of, y_of});
    return {w_of, x_of, in_pitch, y_of, out_pitch, n};
  }
  template <class W, class X, class Y>
  static Products<W, X, Y> of_tap(Products<W, X, Y> all, int tap) {
    all.w += tap * sites;
    all.x += tap * sites;
    all.y += tap * sites;
    all.count = sites;
    return all;
  }
};

}  // namespace lanes::device
