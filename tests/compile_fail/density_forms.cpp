// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: a density is a template of its numbers T, which are packs or dual numbers: template <class T, class Site> T density(const Site& phi) const; see lanes/theory/local_theory.hpp.
// mistake 2: lanes: a density is a template of its numbers T, which are packs or dual numbers: template <class T, class Site> T density(const Site& phi) const; see lanes/theory/local_theory.hpp.
// mistake 3: lanes: a density is a template of its numbers T, which are packs or dual numbers: template <class T, class Site> T density(const Site& phi) const; see lanes/theory/local_theory.hpp.
// mistake 4: lanes: a comparison of packs is true in some lanes and false in others: write select(condition, a, b), not condition ? a : b or if (condition).
// mistake 5: lanes: a comparison of packs is true in some lanes and false in others: write select(condition, a, b), not condition ? a : b or if (condition).
// mistake 6: lanes: a density sees its site and the forward neighbours, not phi.backward(mu): each bond belongs to the site that it starts from.
// mistake 7: lanes: a density sees its site and the forward neighbours, not phi.backward(mu): each bond belongs to the site that it starts from.
#include <lanes/layer/rescaling.hpp>
#include <lanes/sampler.hpp>
#include <lanes/markov/hmc.hpp>
#include <lanes/theory/local_theory.hpp>

using namespace lanes;
template <class Geometry>
struct Mine : LocalTheory<Mine<Geometry>, Scalar, Geometry> {
#if LANES_MISTAKE == 1
  template <class Site>
  double density(const Site& phi) const {
    return phi.here() * phi.forward(0);
  }
#elif LANES_MISTAKE == 2
  auto density(const auto& phi) const { return phi.here() * phi.forward(0); }
#elif LANES_MISTAKE == 3
  double density(double here, double ahead) const { return here * ahead; }
#else
  template <class T, class Site>
  LANES_HD T density(const Site& phi) const {
    const T p = phi.here();
#if LANES_MISTAKE == 4
    return p > 0 ? p : T(2) * p;
#elif LANES_MISTAKE == 5
    if (p < 0.5 && phi.forward(0) > 1) return p;
    return p * p;
#elif LANES_MISTAKE == 6 || LANES_MISTAKE == 7
    return p * phi.forward(0) + p * phi.backward(0);
#else
    const T bounded = min(max(p, -4.0), select(phi.forward(0) > 0, 4, T(5)));
    return pow(p, 6) + pow(fabs(p), 2.5) + sinh(bounded) * asinh(p) + log(cosh(bounded)) -
           bounded * tanh(phi.forward(1)) + select(p > 0 && !(p > 2), 1.0, 0.5) * p;
#endif
  }
#endif
};

void use() {
  const Mine<Lattice<4, 4>> theory;
#if LANES_MISTAKE % 2
  sample_hmc(theory);
#else
  Sampler<Scalar, Lattice<4, 4>, Rescaling> sampler{Seed{7}};
  sampler.action(theory, sampler.draw(10).fields);
#endif
#if defined(LANES_COMPILE_FAIL_CONTROL)
  sample_hmc<Single>(theory);
#endif
}
