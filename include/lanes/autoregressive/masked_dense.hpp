// SPDX-License-Identifier: BSD-3-Clause
//
// MaskedDense<Depth<d>, Width<w>, Activation>: a variational autoregressive network (VAN, 1809.10606),
// q(s) = prod_x q(s(x) | earlier spins in site order), by masked dense layers (conditional_net.hpp). A
// Model for Sampler where the Field is Ising; V spins cost about V^2 w (d - 1) parameters in use.
//
//   using Model = lanes::MaskedDense<lanes::Depth<2>, lanes::Width<4>, lanes::PRelu>;
//   lanes::Sampler<lanes::Ising, lanes::Lattice<8, 8>, Model> sampler{lanes::Seed{7}};
//
// What a Sampler asks of such a model: the members of Model below. draw and density set log_q and fill
// the tape, which holds the spins first; score is for the field of the tape. There is no z -> x to
// differentiate through: reparameterizable is false.
#pragma once

#include <lanes/autoregressive/conditional_net.hpp>
#include <lanes/autoregressive/spin_probability.hpp>
#include <lanes/core/kernels.hpp>
#include <lanes/field/ising.hpp>

namespace lanes {

template <class... OptionList>
struct MaskedDense {
  using Options = typename detail::ReadConditionalOptions<OptionList...>::type;

  template <class ContextType, class Field, class Geometry>
  class Model {
    static_assert(is_spins<Field, Geometry>,
                  "lanes: MaskedDense is a model of spins; the Field must be Ising.");

   public:
    using Context = ContextType;
    using Real = typename Context::Real;
    using Net = detail::ConditionalNet<Context, 0, Geometry::volume, 1, Options>;
    static constexpr int field_rows = Geometry::volume;
    static constexpr int parameters = Net::parameters, weights = Net::weights;
    static constexpr int gradients = Context::aligned_size(Net::gradients);
    static constexpr int tape_rows = field_rows + Net::tape_rows;
    static constexpr bool reparameterizable = false;

    static void initialise(Seed seed, Real* external) {
      Initialiser random(seed);
      Net::initialise(random, external);
    }
    static void prepare(const Real* external, Real* prepared) { Net::prepare(external, prepared); }
    static void collect(const Real* gradient, Real* external) { Net::collect(gradient, external); }

    template <class... Probe>
    static void draw(Context& context, const Real* prepared, const RandomStream& stream,
                     Rows<Real> x, Rows<double> log_q, Rows<Real> tape, const Probe&...) {
      evaluate<false>(context, prepared, stream, x, log_q, tape);
    }
    static void density(Context& context, const Real* prepared, Rows<Real> x, Rows<double> log_q,
                        Rows<Real> tape) {
      evaluate<true>(context, prepared, RandomStream(Seed{}, Purpose::user), x, log_q, tape);
    }
    static void score(Context& context, const Real* prepared, Real* gradient, Rows<Real> weight,
                      Rows<Real> x, Rows<Real>, Rows<Real> tape) {
      copy(context, tape, x, field_rows);
      Net::score(context, prepared, gradient, weight, x, tape.from(field_rows));
    }

   private:
    template <bool Given>
    static void evaluate(Context& context, const Real* prepared, const RandomStream& stream,
                         Rows<Real> x, Rows<double> log_q, Rows<Real> tape) {
      const Rows<Real> net = tape.from(field_rows);
      Net::template evaluate<Given>(context, prepared, stream, 0, x, net);
      copy(context, x, tape, field_rows);
      fill(context, log_q, 1);
      detail::add_log_probability(context, detail::StoredLogit<Real>{net.from(Net::logits_at)}, x,
                                  field_rows, log_q);
    }
  };
};

}  // namespace lanes
