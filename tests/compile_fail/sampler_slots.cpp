// SPDX-License-Identifier: BSD-3-Clause
// mistake 1: lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the first is a Field, such as Scalar, U1 or Ising; see lanes/field/scalar.hpp.
// mistake 2: lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the second is a Geometry, such as Lattice<8, 8>; see lanes/geometry/lattice.hpp.
// mistake 3: lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the third is a flow, such as Repeat<16, Coupling<...>>, or an autoregressive model, such as MaskedDense<...>; see lanes/layer/layer.hpp.
// mistake 4: lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the third is a flow, such as Repeat<16, Coupling<...>>, or an autoregressive model, such as MaskedDense<...>; see lanes/layer/layer.hpp.
// mistake 5: lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the fourth is a Precision, Single or Double and not a type of numbers; see lanes/core/precision.hpp.
// mistake 6: lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the fourth is a Precision, Single or Double and not a type of numbers; see lanes/core/precision.hpp.
// mistake 7: lanes: Sampler<Field, Geometry, Model, Precision, Backend>: the fifth is a Backend, Cpu or Thrust; see lanes/backend/cpu.hpp.
#include <lanes/layer/coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/sampler.hpp>
#include <lanes/theory/phi4.hpp>

using namespace lanes;
using G = Lattice<4, 4>;
using Net = ConvNet<Channels<4>, Kernel<3>, LeakyRelu>;
using Flow = Repeat<2, Coupling<Checkerboard, Affine, Net>>;

#if defined(LANES_COMPILE_FAIL_CONTROL)
using Mine = Sampler<Scalar, G, Flow, Double, Cpu>;
#elif LANES_MISTAKE == 1
using Mine = Sampler<G, Scalar, Flow, Single, Cpu>;
#elif LANES_MISTAKE == 2
using Mine = Sampler<Scalar, Flow, G>;
#elif LANES_MISTAKE == 3
using Mine = Sampler<Scalar, G, Net>;
#elif LANES_MISTAKE == 4
using Mine = Sampler<Scalar, G, Affine>;
#elif LANES_MISTAKE == 5
using Mine = Sampler<Scalar, G, Flow, float>;
#elif LANES_MISTAKE == 6
using Mine = Sampler<Scalar, G, Flow, Cpu, Single>;
#elif LANES_MISTAKE == 7
using Mine = Sampler<Scalar, G, Flow, Double, Double>;
#endif

void use() {
  Mine sampler{Seed{7}};
  const auto theory = Phi4<G>::from_mass_coupling(-4.0, 6.0);
  const auto batch = sampler.draw(100);
  const auto log_q = sampler.log_density(batch.fields);
  std::vector<Mine::Real> fields(1600);
  std::vector<double> q(100), s(100);
  sampler.propose(theory, 0, 100, fields.data(), q.data(), s.data());
}
