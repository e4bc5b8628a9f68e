// SPDX-License-Identifier: BSD-3-Clause
//
// Policies of one's own, each in a few lines, checked by the laws that the library's own keep: a
// layer (one learnt shift of the whole field), a network (a deep one with a linear one beside it),
// a transform (forward and inverse; its adjoints are derived), a theory with next-to-nearest
// neighbours (its force is derived), and an update of chains (Metropolis of single sites).
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include <lanes/lanes.hpp>
#include <lanes/testing/laws.hpp>
#include <lanes/testing/network_laws.hpp>
#include <lanes/testing/theory_laws.hpp>
#include <lanes/testing/transform_laws.hpp>
#include <lanes/testing/update_laws.hpp>

using lanes::Rows;
using lanes::Share;
using lanes::Way;

// y = x + a
struct Shift {
  template <class S>
  struct Layer : lanes::Sized<1> {
    using Real = typename S::Real;
    static constexpr int n = S::Field::template rows<typename S::Geometry>;

    template <Way way, class Context>
    static void move(Context& context, const Share<Real>& share, Rows<Real> x, Rows<double>) {
      context.for_each(n, Add{share.weights, Real(sign(way)), x});
    }
    template <Way way, class Context>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> x, Rows<Real> dx,
                        Rows<Real>) {
      if (share.gradient)
        context.reduce(n, lanes::ScaledRow<Real>{dx, Real(sign(way))}, share.gradient);
      context.for_each(n, Add{share.weights, Real(-sign(way)), x});
    }
    struct Add {
      const Real* a;
      Real factor;
      Rows<Real> x;
      template <class Lane>
      LANES_HD void operator()(int i, Lane lane) const {
        lane.store(x, i, lane.load(x, i) + factor * *a);
      }
    };
  };
};

// output = deep(input) + side(input)
template <class Deep, class Side>
struct Residual {
  template <class S, class A = typename Deep::template Network<S>,
            class B = typename Side::template Network<S>>
  struct Network : lanes::Parts<typename S::Context, lanes::TapeRows<2 * A::outputs>, A, B> {
    using Own = lanes::Parts<typename S::Context, lanes::TapeRows<2 * A::outputs>, A, B>;
    using Real = typename S::Real;
    static constexpr int outputs = A::outputs, pitch = A::pitch;

    template <class Context>
    static void forward(Context& context, const Share<Real>& share, Rows<Real> input,
                        Rows<Real> output) {
      const Rows<Real> a = share.tape, b = a.from(outputs);
      fill(context, a, 2 * outputs);  // a network leaves gaps between its channels
      A::forward(context, share.at(Own::template offset<1>), input, a);
      B::forward(context, share.at(Own::template offset<2>), input, b);
      context.for_each(outputs, lanes::SumRows<Real>{a, b, output});
    }
    template <class Context, class Store>
    static void adjoint(Context& context, const Share<Real>& share, Rows<Real> input, Rows<Real>,
                        Rows<Real> d_output, const Store& store) {
      typename Context::Scope scope(context);
      const Rows<Real> a = share.tape, d = context.template rows<Real>(outputs);
      copy(context, d_output, d, outputs);  // an adjoint destroys it
      A::adjoint(context, share.at(Own::template offset<1>), input, a, d, store);
      B::adjoint(context, share.at(Own::template offset<2>), input, a.from(outputs), d_output,
                 store);
    }
  };
};

// y = x + a tanh(x), a = tanh(p) / 2
struct Bulge {
  static constexpr int channels = 1;
  template <class T>
  LANES_HD static lanes::Transformed<T> forward(T x, const T (&p)[1]) {
    const T a = T(0.5) * tanh(p[0]), t = tanh(x);
    return {x + a * t, log1p(a * (T(1) - t * t))};
  }
  template <class T>
  LANES_HD static lanes::Transformed<T> inverse(T y, const T (&p)[1]) {
    T x = y;
    for (int i = 0; i < 60; ++i) {  // damped Newton steps: f is monotone
      const auto at = forward(x, p);
      x = x - (at.value - y) * min(exp(-at.log_derivative), T(1));
    }
    return {x, -forward(x, p).log_derivative};
  }
};

template <class Geometry>
struct NextNeighbours : lanes::LocalTheory<NextNeighbours<Geometry>, lanes::Scalar, Geometry> {
  static constexpr std::array reach = {lanes::step<2>(0, 2), lanes::step<2>(1, 2)};
  double mass2 = 0.4, near = 0.7, far = -0.1;
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    T s = T(mass2) * square(phi.here()) + pow(phi.here(), 4);
    for (int mu = 0; mu < 2; ++mu)
      s += T(near) * square(phi.forward(mu) - phi.here()) +
           T(far) * square(phi.at(lanes::step<2>(mu, 2)) - phi.here());
    return s;
  }
};

// phi(x) -> phi(x) + N(0, 1), accepted with probability min(1, exp(-dS)): sites of one parity are
// no neighbours and move together.
struct Metropolis {
  template <class G, class Real>
  struct Move {
    Rows<Real> x;
    lanes::Phi4<G> theory;
    lanes::RandomStream stream;
    int parity;
    template <class Lane>
    LANES_HD void operator()(int i, Lane lane) const {
      const int site = lanes::Checkerboard::Masks<G>::active(parity, i);
      auto around = lane.load(x, G::forward(site, 0)) * Real(0);
      for (int mu = 0; mu < G::dimension; ++mu)
        around += lane.load(x, G::forward(site, mu)) + lane.load(x, G::backward(site, mu));
      const auto s = [&](auto phi) {
        return phi * phi * (phi * phi * Real(theory.quartic()) + Real(theory.quadratic())) -
               phi * around * Real(theory.hopping());
      };
      const auto phi = lane.load(x, site);
      const auto tried = phi + lane.template normal_pair<Real>(stream, unsigned(2 * site)).first;
      const auto u = lane.template uniform_pair<Real>(stream, unsigned(2 * site + 1)).first;
      lane.store(x, site, select(u < exp(s(phi) - s(tried)), tried, phi));
    }
  };
  template <class Context, class G, class Real>
  void update(Context& context, const lanes::Phi4<G>& theory, const lanes::ChainStep& step,
              Rows<Real> x) const {
    for (int parity = 0; parity < 2; ++parity)
      context.for_each(G::volume / 2, Move<G, Real>{x, theory, step.stream(), parity});
  }
};

namespace {

using Small = lanes::Lattice<4, 4>;

bool keeps(const char* name, const lanes::laws::Report& report) {
  std::printf("%-12s %s\n", name, to_string(report).c_str());
  return report.passed();
}

/// The law of updates, and the action beside HMC's.
bool update_is_right() {
  using Theory = lanes::Phi4<lanes::Lattice<2, 2>>;
  const auto theory = Theory::from_hopping(0.2, 0.3);
  const auto law = lanes::laws::check_update(Metropolis{}, theory, lanes::Seed{4}, 50'000);
  const auto own = action_density(lanes::sample_markov(theory, Metropolis{}));
  const auto hmc = action_density(lanes::sample_hmc(theory, {.step_size = 0.3, .steps = 5}));
  const bool agree = std::abs(own.value - hmc.value) < 4.5 * std::hypot(own.error, hmc.error);
  std::printf("%-12s %s; S / V = %s, HMC %s\n", "update", to_string(law).c_str(),
              to_string(own).c_str(), to_string(hmc).c_str());
  return law.passed() && agree;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Policies of one's own");
  std::string output;
  bool brief = false;
  app.add_option("--output", output, "not used");
  app.add_flag("--brief", brief, "not used: it takes a moment");
  CLI11_PARSE(app, argc, argv);

  using namespace lanes;
  using namespace lanes::laws;
  using Deep = ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>;
  using Linear = ConvNet<Channels<>, Kernel<3>, Identity>;
  using Own = Residual<Deep, Linear>;
  const Seed seed{3};
  const bool layer = keeps("layer", check_flow<Double, Scalar, Small, Shift>(seed));
  const bool network = keeps("network", check_network<Double, Own, Small, 1, 2>(seed));
  const bool transform = keeps("transform", check_transform<Double, Bulge>(seed));
  const bool theory =
      keeps("theory", check_theory<AllTranslations, SignFlip>(NextNeighbours<Small>{}, seed));
  // and all of them in a flow
  using Flow = Chain<Shift, Repeat<2, Coupling<Checkerboard, Bulge, Own>>>;
  const bool flow = keeps("flow", check_flow<Double, Scalar, Small, Flow>(seed));
  return layer && network && transform && theory && flow && update_is_right() ? 0 : 1;
}
