// SPDX-License-Identifier: BSD-3-Clause
//
// Configurations saved and loaded, whole and in parts.
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/estimator/forward_kl.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/io/ensemble.hpp>
#include <lanes/io/npy.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

namespace {

using Shape = std::vector<std::ptrdiff_t>;

template <class Field, class Geometry, class Real>
Ensemble<Field, Geometry, Real> numbered(std::size_t n) {
  Ensemble<Field, Geometry, Real> ensemble;
  ensemble.resize(n, false);
  for (std::size_t i = 0; i < ensemble.configurations.size(); ++i)
    ensemble.configurations[i] = Real(0.25) * Real(i);
  return ensemble;
}

template <class Field, class Geometry, class Real>
void check(const Shape& shape) {
  const TemporaryFolder folder;
  const auto ensemble = numbered<Field, Geometry, Real>(std::size_t(shape[0]));
  save_configurations(folder / "a.npy", ensemble);
  const auto array = load_npy<Real>(folder / "a.npy");
  CHECK(Shape(array.shape().begin(), array.shape().end()) == shape);
  CHECK(load_configurations<Field, Geometry, Real>(folder / "a.npy") == ensemble.configurations);

  ConfigurationWriter<Field, Geometry, Real> parts(folder / "b.npy");
  const std::span<const Real> all(ensemble.configurations);
  parts.append(all.first(ensemble.rows));
  parts.append(all.subspan(ensemble.rows));
  parts.append(ensemble);
  CHECK(parts.configurations() == 2 * shape[0]);
  CHECK_FALSE(std::filesystem::exists(folder / "b.npy"));
  parts.close();
  auto twice = ensemble.configurations;
  twice.insert(twice.end(), all.begin(), all.end());
  CHECK(load_configurations<Field, Geometry, Real>(folder / "b.npy") == twice);
}

}  // namespace

TEST_CASE("what was saved is loaded, of the shape [lanes][components][sites..]") {
  check<Scalar, Lattice<4, 6>, double>({3, 4, 6});
  check<Scalar, Lattice<8>, float>({2, 8});
  check<U1, Lattice<4, 6>, float>({5, 2, 4, 6});
  check<U1, Lattice<2, 4, 2>, double>({1, 3, 2, 4, 2});
}

TEST_CASE("another lattice, field or type is refused with what was found and expected") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.npy", start = "lanes: cannot read " + path + ": ";
  save_configurations(path, numbered<Scalar, Lattice<4, 6>, float>(2));
  CHECK(message_of([&] { load_configurations<Scalar, Lattice<6, 4>, float>(path); }) ==
        start + "its shape is (2, 4, 6), expected (any, 6, 4)");
  CHECK(message_of([&] { load_configurations<U1, Lattice<4, 6>, float>(path); }) ==
        start + "its shape is (2, 4, 6), expected (any, 2, 4, 6)");
  CHECK(message_of([&] { load_configurations<Scalar, Lattice<4, 6>, double>(path); }) ==
        start + "its values are of type <f4, expected <f8");
}

TEST_CASE("a number that is not finite is named by its configuration and site") {
  const TemporaryFolder folder;
  const std::string path = folder / "a.npy", start = "lanes: cannot load " + path + ": ";
  auto links = numbered<U1, Lattice<4, 6>, float>(3);
  links.configurations[48 + 24 + 5] = NAN;
  save_configurations(path, links);
  CHECK(message_of([&] { load_configurations<U1, Lattice<4, 6>, float>(path); }) ==
        start + "configuration 1, component 1, site 5 is nan, expected a finite number");
  auto sites = numbered<Scalar, Lattice<4, 6>, double>(3);
  sites.configurations[2 * 24 + 7] = -INFINITY;
  save_configurations(path, sites);
  const std::string bad = "configuration 2, site 7 is -inf, expected a finite number";
  CHECK(message_of([&] { load_configurations<Scalar, Lattice<4, 6>, double>(path); }) ==
        start + bad);
  try {
    ForwardKL<double>(sites.configurations, 24);
    FAIL("accepted");
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()).ends_with(bad));
  }
}
