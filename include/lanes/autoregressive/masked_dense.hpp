// SPDX-License-Identifier: BSD-3-Clause
//
// MaskedDense<Depth<d>, Width<w>, Activation>: a variational autoregressive network (VAN,
// 1809.10606), q(s) = prod_x q(s(x) | earlier spins in site order), by masked dense layers
// (conditional_net.hpp). A Model for Sampler where the Field is Ising; V spins cost about V^2 w (d
// - 1) parameters in use.
//
//   using Model = lanes::MaskedDense<lanes::Depth<2>, lanes::Width<4>, lanes::PRelu>;
//   lanes::Sampler<lanes::Ising, lanes::Lattice<8, 8>, Model> sampler{lanes::Seed{7}};
//
// What a Sampler asks of such a model: the members of Model below. draw and density set log_q and
// fill the tape, which holds the spins first; score is for the field of the tape. There is no z ->
// x to differentiate through: reparameterizable is false.
#pragma once

#include <lanes/autoregressive/conditional_net.hpp>
#include <lanes/autoregressive/spin_probability.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/field/ising.hpp>

namespace lanes {

template <class... OptionList>
struct MaskedDense {
  /// What the list of options says.
  using Options = typename detail::ReadConditionalOptions<OptionList...>::type;
  /// One column of all spins, without a border.
  template <class S>
  using Net = detail::ConditionalNet<typename S::Context, 0, S::Geometry::volume, 1, Options>;

  template <class S>
  class Model : public Parts<typename S::Context, TapeRows<S::Geometry::volume>, Net<S>> {
    static_assert(SpinField<typename S::Field, typename S::Geometry>,
                  "lanes: MaskedDense is a model of spins; the Field must be Ising.");

   public:
    using Context = typename S::Context;
    using Real = typename S::Real;
    static constexpr int field_rows = S::Geometry::volume;
    static constexpr bool reparameterizable = false;
    static constexpr int untrained = 0;

    template <class... Probe>
    static void draw(Context& context, const Share<Real>& share, const RandomStream& stream,
                     Rows<Real> x, Rows<double> log_q, const Probe&...) {
      evaluate<false>(context, share, stream, x, log_q);
    }
    static void density(Context& context, const Share<Real>& share, Rows<Real> x,
                        Rows<double> log_q) {
      evaluate<true>(context, share, RandomStream(Seed{}, Purpose::user), x, log_q);
    }
    static void score(Context& context, const Share<Real>& share, Rows<Real> weight, Rows<Real> x,
                      Rows<Real>) {
      copy(context, share.tape, x, field_rows);
      Net<S>::score(context, of_net(share), weight, x);
    }

   private:
    static Share<Real> of_net(const Share<Real>& share) {
      return share.at(Model::template offset<1>);
    }
    template <bool Given>
    static void evaluate(Context& context, const Share<Real>& share, const RandomStream& stream,
                         Rows<Real> x, Rows<double> log_q) {
      const Share<Real> net = of_net(share);
      Net<S>::template evaluate<Given>(context, net, stream, 0, x);
      copy(context, x, share.tape, field_rows);
      fill(context, log_q, 1);
      detail::add_log_probability(context,
                                  detail::StoredLogit<Real>{net.tape.from(Net<S>::logits_at)}, x,
                                  field_rows, log_q);
    }
  };
};

}  // namespace lanes
