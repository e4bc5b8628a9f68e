// SPDX-License-Identifier: BSD-3-Clause
//
// Quality of a sampler against wall-clock: trains the reference phi^4 model (16 affine couplings,
// networks 1->16->16->16->2 channels, 3 x 3, LeakyReLU, tanh) and writes the ESS over 16384 fresh
// samples against the seconds of training (curve.hpp). run.sh runs all cases, plot.py draws them.
//
//   quality --case l6|l8|free --estimator reinforce|reparameterization|path --seconds 480 --output
//     FOLDER
#include <cstdio>
#include <cstdlib>

#include "curve.hpp"

namespace {

template <class Theory>
using Model = lanes::Sampler<
    lanes::Scalar, typename Theory::Geometry,
    lanes::Repeat<16, lanes::Coupling<lanes::Checkerboard, lanes::Affine,
                                      lanes::ConvNet<lanes::Channels<16, 16, 16>, lanes::Kernel<3>,
                                                     lanes::LeakyRelu, lanes::Final<lanes::Tanh>>>>,
    lanes::Single>;

template <class Theory>
void measure(const quality::Settings& s, const Theory& theory) {
  Model<Theory> sampler(lanes::Seed{7}, lanes::Cpu(s.threads));
  quality::curve_of(s, sampler, theory);
}

}  // namespace

int main(int count, char** arguments) {
  quality::Settings s{.name = "l6"};
  CLI::App app{"ESS against seconds of training, reference phi^4 model"};
  app.add_option("--case", s.name,
                 "l6: L = 6, lambda = 6.975; l8: L = 8, lambda = 6.008; free: L = 8, m2 = 1.25")
      ->check(CLI::IsMember({"l6", "l8", "free"}));
  quality::add_options(app, s);
  CLI11_PARSE(app, count, arguments);
  try {
    if (s.name == "l6")
      measure(s, lanes::Phi4<lanes::Lattice<6, 6>>::from_mass_coupling(-4, 6.975));
    else if (s.name == "l8")
      measure(s, lanes::Phi4<lanes::Lattice<8, 8>>::from_mass_coupling(-4, 6.008));
    else
      measure(s, lanes::FreeField<lanes::Lattice<8, 8>>(1.25));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return EXIT_FAILURE;
  }
}
