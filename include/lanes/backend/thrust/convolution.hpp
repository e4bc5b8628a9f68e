// SPDX-License-Identifier: BSD-3-Clause
//
// FusedConvolution: a contraction over a stencil (contraction/stencil.hpp) by kernels over sites,
// channels and lanes; any dimension, kernel and masks.
//
//   forward         out[x][o] = bias[o] + sum_{t,i} weight[o][i][t] in[source(x, t)][i]
//   input_adjoint   d_in[y][i] = sum_{t,o} weight[o][i][t] d_out[target(y, t)][o]
//   weight_adjoint  d_weight[o][i][t] += sum_{x,lane} d_out[x][o] in[source(x, t)][i],
//                   d_bias likewise
//
// A thread works out up to 8 channels of one site in a few lanes, so that each number it loads is
// used several times: weights are the same for all threads of a warp, and rows are read and stored
// by neighbouring threads next to each other. Weight gradients are summed lane by lane over the
// sites, [parameters][columns], then over the columns. Factors are rounded to Operand where they
// are loaded. Parameters and gradients are in external order.
#pragma once

#include <lanes/backend/thrust/bundle.hpp>
#include <lanes/backend/thrust/context.hpp>
#include <lanes/backend/thrust/external_order.hpp>
#include <lanes/backend/thrust/site_tables.hpp>

namespace lanes::device {

// to[slot][c] = bias[c] + sum over taps t and k of weight[c ChannelStep + k ContractedStep + t]
// from[slot(t)][k] from [Contracted][FromPitch] and to [Channels][ToPitch] are rows of lanes.
template <class Real, class Operand, int Contracted, int FromPitch, int Channels, int ToPitch,
          int Taps, int ChannelStep, int ContractedStep, class Store>
struct Multiply {
  static constexpr int at_once = Channels < 8 ? Channels : 8;  // channels of a thread
  static constexpr int lanes_at_once = on_gpu ? 16 / int(sizeof(Real)) : 8;
  static constexpr int blocks = (Channels + at_once - 1) / at_once;

  const Real *weight, *bias;  // bias may be null
  const int* table;           // [sites][1 + Taps]
  const Real* from;
  Store store;
  unsigned lanes;
  std::uint64_t first;

  LANES_HD void operator()(unsigned call) const {
    const unsigned groups = lanes / lanes_at_once;
    const unsigned item = call / groups;
    // Lanes of one thread: far apart on a GPU, where neighbouring threads then read neighbouring
    // numbers; next to each other on a CPU, in one register.
    const unsigned group = call - item * groups;
    const long lane = on_gpu ? group : long(group) * lanes_at_once, step = on_gpu ? groups : 1;
    const int block = static_cast<int>(item % blocks) * at_once;
    const int* slots = table + static_cast<long>(item / blocks) * (1 + Taps);
    using Lanes = Bundle<Real, lanes_at_once>;
    Lanes sum[std::size_t(at_once)];
    for (int c = 0; c < at_once; ++c)
      sum[c] = Lanes::filled(bias ? load(bias + channel(block, c)) : Real(0));
    for (int t = 0; t < Taps; ++t) {
      const int slot = load(slots + 1 + t);
      if (slot < 0) continue;
      const Real* x = from + static_cast<long>(slot) * lanes + lane;
      const Real* w = weight + t;
      for (int k = 0; k < Contracted;
           ++k, x += static_cast<long>(FromPitch) * lanes, w += ContractedStep) {
        const auto value = Lanes::load(x, step).template rounded_to<Operand>();
        for (int c = 0; c < at_once; ++c)
          sum[c].add_product(rounded<Operand>(load(w + channel(block, c) * ChannelStep)), value);
      }
    }
    const long slot = load(slots);
    for (int c = 0; c < at_once; ++c)
      if (Channels % at_once == 0 || block + c < Channels)
        for (int v = 0; v < lanes_at_once; ++v)
          store(ThrustLane{unsigned(lane + v * step), lanes, first},
                static_cast<long>(block + c) * ToPitch + slot, Pack<Real, 1>(sum[c].v[v]));
  }

 private:
  // A channel that is there, also in the last block.
  LANES_HD static int channel(int block, int c) {
    return Channels % at_once == 0 || block + c < Channels ? block + c : Channels - 1;
  }
};

// partial [out][in][Taps] and [out], each [columns]: a column is the sum over sites and over every
// columns-th set of lanes_at_once lanes.
template <class Real, class Operand, int In, int InPitch, int Out, int OutPitch, int Taps>
struct WeightGradient {
  static constexpr int lanes_at_once = on_gpu ? 1 : 8;
  static constexpr int most_outs = on_gpu ? 8 : 4;
  static constexpr int outs = Out < most_outs ? Out : most_outs,
                       ins = In < 4 ? In : 4;  // of a thread
  static constexpr int out_blocks = (Out + outs - 1) / outs, in_blocks = (In + ins - 1) / ins;
  static constexpr int weight_items = out_blocks * in_blocks * Taps;

  const int* table;  // [sites][1 + Taps]
  int sites;
  const Real *input, *d_out;
  unsigned lanes, columns;
  Real* partial;

  LANES_HD void operator()(unsigned call) const {
    const unsigned item = call / columns, column = call - item * columns;
    if (item < weight_items)
      weights(static_cast<int>(item), column);
    else
      bias(static_cast<int>(item - weight_items) * outs, column);
  }

 private:
  LANES_HD void weights(int item, unsigned column) const {
    const int tap = item % Taps, i = item / Taps % in_blocks * ins,
              o = item / Taps / in_blocks * outs;
    using Lanes = Bundle<Real, lanes_at_once>;
    Lanes sum[std::size_t(outs)][std::size_t(ins)];
    for (int a = 0; a < outs; ++a)
      for (int b = 0; b < ins; ++b) sum[a][b] = Lanes::filled(Real(0));
    for (int s = 0; s < sites; ++s) {
      const int* slots = table + static_cast<long>(s) * (1 + Taps);
      const int from = load(slots + 1 + tap);
      if (from < 0) continue;
      const Real* x = input + (static_cast<long>(i) * InPitch + from) * lanes;
      const Real* d = d_out + (static_cast<long>(o) * OutPitch + load(slots)) * lanes;
      for (unsigned lane = column * lanes_at_once; lane < lanes; lane += columns * lanes_at_once) {
        Lanes value[std::size_t(ins)];
        for (int b = 0; b < ins; ++b)
          value[b] =
              Lanes::load(x + static_cast<long>(within(i, b, In)) * InPitch * lanes + lane, 1)
                  .template rounded_to<Operand>();
        for (int a = 0; a < outs; ++a) {
          const auto factor =
              Lanes::load(d + static_cast<long>(within(o, a, Out)) * OutPitch * lanes + lane, 1)
                  .template rounded_to<Operand>();
          for (int b = 0; b < ins; ++b) sum[a][b].add_product(factor, value[b]);
        }
      }
    }
    for (int a = 0; a < outs; ++a)
      for (int b = 0; b < ins; ++b)
        if (o + a < Out && i + b < In) {
          Real total = 0;
          for (int v = 0; v < lanes_at_once; ++v) total += sum[a][b].v[v];
          partial[((static_cast<long>(o + a) * In + i + b) * Taps + tap) * columns + column] =
              total;
        }
  }
  LANES_HD void bias(int o, unsigned column) const {
    for (int a = o; a < o + outs && a < Out; ++a) {
      Real sum = 0;
      for (int s = 0; s < sites; ++s) {
        const long slot = load(table + static_cast<long>(s) * (1 + Taps));
        const Real* d = d_out + (static_cast<long>(a) * OutPitch + slot) * lanes;
        for (unsigned lane = column * lanes_at_once; lane < lanes; lane += columns * lanes_at_once)
          for (int v = 0; v < lanes_at_once; ++v) sum += d[lane + unsigned(v)];
      }
      partial[(static_cast<long>(Out) * In * Taps + a) * columns + column] = sum;
    }
  }
  // Offset of a channel that is there, also in the last block.
  LANES_HD static int within(int block, int c, int channels) {
    return block + c < channels ? c : channels - 1 - block;
  }
};

// to[o] = bias[o] + the weights of channels that enter as ones (contraction/stencil.hpp)
template <class Stencil, class Real>
struct AddOnes {
  const Real *weight, *bias;  // bias may be null
  Real* to;
  LANES_HD void operator()(unsigned o) const {
    Real sum = bias ? bias[o] : Real(0);
    for (int i = 0; i < Stencil::in; ++i)
      if (Stencil::ones >> i & 1u)
        for (int t = 0; t < Stencil::taps; ++t)
          sum += weight[(static_cast<int>(o) * Stencil::in + i) * Stencil::taps + t];
    to[o] = sum;
  }
};

// Its adjoint: d_weight [out][in][taps] += d_to[out] on those channels.
template <class Stencil, class Real>
struct SpreadOnes {
  const Real* d_to;
  Real* d_weight;
  LANES_HD void operator()(unsigned w) const {
    const unsigned o_i = w / Stencil::taps;
    if (Stencil::ones >> (o_i % Stencil::in) & 1u) d_weight[w] += d_to[o_i / Stencil::in];
  }
};

template <class Stencil, class Real, class Operand>
class FusedConvolution : public ExternalOrder<Stencil, Real> {
  using Base = ExternalOrder<Stencil, Real>;
  using Base::kernel_size;
  static constexpr int in = Stencil::in, out = Stencil::out, taps = Stencil::taps;
  static constexpr bool constant = Stencil::bias || Stencil::ones != 0;

 public:
  using Base::parameters;

  /// store(lane, o * out_pitch + slot, value)
  template <class Context, class Store>
  static void forward(Context& context, const Real* packed, int variant, Rows<Real> input,
                      const Store& store) {
    using Table = SiteTable<Stencil, true>;
    typename Context::Scope scope(context);
    const Real* add = Stencil::bias ? packed + kernel_size : nullptr;
    if constexpr (Stencil::ones != 0) {
      Real* sums = context.template take<Real>(out);
      launch(out, AddOnes<Stencil, Real>{packed, add, sums});
      add = sums;
    }
    using Kernel = Multiply<Real, Operand, in, Stencil::in_pitch, out, Stencil::out_pitch, taps,
                            in * taps, taps, Store>;
    const unsigned lanes = static_cast<unsigned>(context.lanes());
    launch(long(Table::sites) * Kernel::blocks * (lanes / Kernel::lanes_at_once),
           Kernel{packed, add, context.template table<Table, Stencil>(variant),
                  context.pointer(input), store, lanes, context.first_lane()});
  }

  /// store(lane, i * in_pitch + slot, value)
  template <class Context, class Store>
  static void input_adjoint(Context& context, const Real* packed, int variant, Rows<Real> d_out,
                            const Store& store) {
    using Table = SiteTable<Stencil, false>;
    using Kernel = Multiply<Real, Operand, out, Stencil::out_pitch, in, Stencil::in_pitch, taps,
                            taps, in * taps, Store>;
    const unsigned lanes = static_cast<unsigned>(context.lanes());
    launch(long(Table::sites) * Kernel::blocks * (lanes / Kernel::lanes_at_once),
           Kernel{packed, nullptr, context.template table<Table, Stencil>(variant),
                  context.pointer(d_out), store, lanes, context.first_lane()});
  }

  template <class Context>
  static void weight_adjoint(Context& context, Real* gradient, int variant, Rows<Real> input,
                             Rows<Real> d_out) {
    using Table = SiteTable<Stencil, true>;
    using Kernel =
        WeightGradient<Real, Operand, in, Stencil::in_pitch, out, Stencil::out_pitch, taps>;
    typename Context::Scope scope(context);
    const unsigned lanes = static_cast<unsigned>(context.lanes()),
                   columns = columns_for(lanes / Kernel::lanes_at_once);
    Real* partial =
        context.template take<Real>(std::size_t(kernel_size + (constant ? out : 0)) * columns);
    Real* folded = context.template take<Real>(std::size_t(parameters) * sum_slots);
    launch(long(Kernel::weight_items + (constant ? Kernel::out_blocks : 0)) * columns,
           Kernel{context.template table<Table, Stencil>(variant), Table::sites,
                  context.pointer(input), context.pointer(d_out), lanes, columns, partial});
    sum_columns<true>(partial, parameters, columns, folded, gradient);
    if constexpr (Stencil::ones != 0) {
      Real* d_add = context.template take<Real>(out);
      sum_columns<false>(partial + std::size_t(kernel_size) * columns, out, columns, folded, d_add);
      launch(kernel_size, SpreadOnes<Stencil, Real>{d_add, gradient});
    }
  }

 private:
  // Enough threads for a large device, in at most 64 MiB.
  static unsigned columns_for(unsigned most) {
    unsigned columns = most < 1024 ? most : 1024;
    while (columns > sum_slots && double(parameters) * columns * sizeof(Real) > double(64 << 20))
      columns /= 2;
    return columns;
  }
};

}  // namespace lanes::device
