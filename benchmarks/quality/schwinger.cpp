// SPDX-License-Identifier: BSD-3-Clause
//
// Quality of samplers of the Schwinger model on 8 x 8 sites, beta = 2, kappa = 0.276, against
// wall-clock (curve.hpp); run_schwinger.sh runs the estimators one after the other for equal
// seconds, plot.py draws them.
//
//   quality_schwinger            the flow of schwinger_model.hpp: its hierarchy alone
//                                first (--first seconds, ess_hierarchy_alone_...npy), then with the
//                                couplings, whose curve goes on from there. --precision double: the
//                                flow in Double; --load: from parameters that an earlier run or the
//                                example has saved.
//   quality_schwinger_reference  the published model: 48 couplings, networks 6 -> 64 -> 64 -> 25
//                                (dilations 1, 2, 3), splines of 9 knots (compiled with
//                                LANES_REFERENCE)
#include <cstdio>
#include <cstdlib>

#include "curve.hpp"
#include "schwinger_model.hpp"

namespace {

using Geometry = lanes::Lattice<8, 8>;

template <class Flow, class Precision>
using Model = lanes::Sampler<lanes::U1, Geometry, Flow, Precision>;

/// What comes before the curve.
struct First {
  double seconds = 60, rate = 1e-3;  // 3e-3 learns sooner, and has run away
  long steps = 0;
  std::string parameters;
};

lanes::Schwinger<Geometry> theory() { return lanes::Schwinger<Geometry>(2.0, 0.276); }

#if defined(LANES_REFERENCE)
using Reference =
    lanes::Repeat<48,
                  lanes::GaugeCoupling<lanes::SchwingerMasks, lanes::PlaquettesAndRectangles,
                                       lanes::CircularSpline<9>,
                                       lanes::ConvNet<lanes::Channels<64, 64>, lanes::Kernel<3>,
                                                      lanes::LeakyRelu, lanes::Dilation<1, 2, 3>>>>;
template <class Precision>
void run(const quality::Settings& s, const First& first) {
  Model<Reference, Precision> sampler(lanes::Seed{7}, lanes::Cpu(s.threads));
  if (!first.parameters.empty()) lanes::load_parameters(first.parameters, sampler);
  quality::curve_of(s, sampler, theory());
}
#else
template <class Precision>
void run(quality::Settings s, const First& first) {
  const auto start = quality::Clock::now();
  const double processor_start = quality::processor_seconds();
  Model<schwinger_model::Flow, Precision> sampler(lanes::Seed{8}, lanes::Cpu(s.threads));
  if (first.parameters.empty()) {
    Model<schwinger_model::Hierarchy, Precision> hierarchy(lanes::Seed{7}, lanes::Cpu(s.threads));
    quality::Settings alone = s;
    alone.name += "_alone";
    alone.save = "";
    alone.seconds = first.steps > 0 ? 1e9 : first.seconds;
    alone.steps = first.steps;
    alone.rate = first.rate;
    quality::curve_of(alone, hierarchy, theory());
    schwinger_model::continue_from(hierarchy, sampler);
    s.before = quality::seconds_since(start);
    s.before_processor = quality::processor_seconds() - processor_start;
  } else {
    lanes::load_parameters(first.parameters, sampler);
  }
  quality::curve_of(s, sampler, theory());
}
#endif

}  // namespace

int main(int count, char** arguments) {
#if defined(LANES_REFERENCE)
  quality::Settings s{.name = "reference", .rate = 2e-4, .clip = 1};  // REINFORCE runs away at 1e-3
#else
  quality::Settings s{.name = "hierarchy", .rate = 1e-3, .clip = 1};
#endif
  std::string precision = "single";
  First first;
  CLI::App app{"ESS against seconds of training, Schwinger model"};
  app.add_option("--first", first.seconds, "seconds for the hierarchy alone")
      ->capture_default_str();
  app.add_option("--first-steps", first.steps, "steps for it instead; 0: as many as fit");
  app.add_option("--first-rate", first.rate, "learning rate there")->capture_default_str();
  app.add_option("--load", first.parameters, "file of parameters to start from instead");
  app.add_option("--before", s.before, "seconds that those have been trained for");
  app.add_option("--before-processor", s.before_processor, "likewise, of processor time");
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
