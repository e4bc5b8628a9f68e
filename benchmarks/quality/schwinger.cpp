// SPDX-License-Identifier: BSD-3-Clause
//
// Quality of samplers of the Schwinger model on 8 x 8 sites, beta = 2, kappa = 0.276, against wall-clock
// (curve.hpp); run_schwinger.sh runs the estimators one after the other for equal seconds, plot.py draws them.
//
//   quality_schwinger             GaugeHierarchy, then 16 couplings with SweepMasks and enclosures, 16 channels. The
//                                 hierarchy learns the pure gauge theory first (--first seconds of path gradient,
//                                 counted), at the beta that det D^2 shifts 2 to; the couplings start close to
//                                 the identity. --precision double: the flow in Double.
//   quality_schwinger_reference   the published model: 48 couplings, networks 6 -> 64 -> 64 -> 25 (dilations 1, 2, 3),
//                                 splines of 9 knots (compiled with LANES_REFERENCE)
#include <cstdio>
#include <cstdlib>

#include "curve.hpp"

namespace {

using Geometry = lanes::Lattice<8, 8>;

template <int Channels>
using Network = lanes::ConvNet<lanes::Channels<Channels, Channels>, lanes::Kernel<3>,
                               lanes::LeakyRelu, lanes::Dilation<1, 2, 3>>;
template <class Flow, class Precision>
using Model = lanes::Sampler<lanes::U1, Geometry, Flow, Precision>;

lanes::Schwinger<Geometry> theory() { return lanes::Schwinger<Geometry>(2.0, 0.276); }

#if defined(LANES_REFERENCE)
using Reference =
    lanes::Repeat<48, lanes::GaugeCoupling<lanes::SchwingerMasks, lanes::PlaquettesAndRectangles,
                                           lanes::CircularSpline<9>, Network<64>>>;
template <class Precision>
void run(quality::Settings s, double) {
  Model<Reference, Precision> sampler(lanes::Seed{7}, lanes::Cpu(s.threads));
  quality::curve_of(s, sampler, theory());
}
#else
using Hierarchy = lanes::GaugeHierarchy<
    lanes::CircularSpline<13, 300>,
    lanes::ConvNet<lanes::Channels<16, 16>, lanes::Kernel<1>, lanes::LeakyRelu>>;
constexpr int couplings = 16, knots = 9;
using Flow = lanes::Chain<
    Hierarchy,
    lanes::Repeat<couplings, lanes::GaugeCoupling<lanes::SweepMasks, lanes::PlaquettesAndEnclosures,
                                                  lanes::CircularSpline<knots, 100>, Network<16>>>>;

/// The parameters of the hierarchy, and couplings whose last convolutions are a tenth of what they
/// start with and whose splines have slopes of 1.
template <class Small, class Large>
void continue_from(const Small& small, Large& large) {
  using Real = typename Large::Real;
  std::vector<Real> p(large.parameters().begin(), large.parameters().end());
  std::copy(small.parameters().begin(), small.parameters().end(), p.begin());
  constexpr std::size_t bins = knots - 1, outputs = 3 * bins + 1, weights = outputs * 16 * 9;
  const std::size_t front = small.parameters().size(), each = (p.size() - front) / couplings;
  for (std::size_t l = 1; l <= couplings; ++l) {
    Real* last = p.data() + front + l * each - (weights + outputs);
    for (std::size_t i = 0; i < weights + outputs; ++i) last[i] *= Real(0.1);
    for (std::size_t k = 0; k < bins; ++k)
      last[weights + 2 * bins + k] = Real(0.5413);  // ln(e - 1)
  }
  large.set_parameters(p);
}

template <class Precision>
void run(quality::Settings s, double first) {
  const auto start = quality::Clock::now();
  Model<Hierarchy, Precision> gauge(lanes::Seed{7}, lanes::Cpu(s.threads));
  Model<Flow, Precision> sampler(lanes::Seed{8}, lanes::Cpu(s.threads));
  quality::Settings of_gauge = s;
  of_gauge.name += "_gauge", of_gauge.seconds = first, of_gauge.steps = 0, of_gauge.points = 2;
  of_gauge.rate = 4e-3, of_gauge.clip = 10;
  quality::curve<lanes::PathGradient>(of_gauge, gauge, lanes::U1Gauge<Geometry>(2.3));
  continue_from(gauge, sampler);
  s.before = quality::seconds_since(start);
  quality::curve_of(s, sampler, theory());
}
#endif

}  // namespace

int main(int count, char** arguments) {
#if defined(LANES_REFERENCE)
  quality::Settings s{.name = "reference", .rate = 1e-3, .clip = 1};
#else
  quality::Settings s{.name = "hierarchy", .rate = 1e-3, .clip = 1};
#endif
  std::string precision = "single";
  double first = 60;
  CLI::App app{"ESS against seconds of training, Schwinger model"};
  app.add_option("--first", first, "seconds for the pure gauge theory")->capture_default_str();
  app.add_option("--precision", precision)
      ->check(CLI::IsMember({"single", "double"}))
      ->capture_default_str();
  quality::add_options(app, s);
  CLI11_PARSE(app, count, arguments);
  try {
    if (precision == "double") {
      s.name += "_double";
      run<lanes::Double>(s, first);
    } else {
      run<lanes::Single>(s, first);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quality_schwinger: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
