// SPDX-License-Identifier: BSD-3-Clause
#include <lanes/field/ising.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/geometry/lattice.hpp>

#include "archetypes.hpp"

namespace {

using namespace archetypes;
using G = lanes::Lattice<4, 6>;

struct Components {
  template <class Geometry>
  static constexpr int components = 1;
};
struct FieldRows {
  template <class Geometry>
  static constexpr int rows = Geometry::volume;
};
struct Row {
  template <class Geometry>
  static constexpr int row(int site, int) { return site; }
};
LANES_CHECK(IsField, lanes::Field<M, G>);
static_assert(needs_each<IsField, Components, FieldRows, Row>());
struct Numbers : Components, FieldRows, Row {};

struct Discrete { static constexpr bool discrete = true; };
struct Spins { static constexpr bool spins = true; };
LANES_CHECK(IsSpins, lanes::SpinField<M, G>);
static_assert(needs_each<IsSpins, Components, FieldRows, Row, Discrete, Spins>());

struct Clock : Numbers { static constexpr double period = 12; };
struct Angle : Numbers { static constexpr double period = lanes::two_pi; };
struct Continuous : Numbers { static constexpr bool discrete = false; };
static_assert(lanes::PeriodicField<Clock> && !lanes::AngularField<Clock>);
static_assert(lanes::AngularField<Angle> && lanes::SiteField<Angle, G>);
static_assert(!lanes::LinkField<Angle, G> && !lanes::DiscreteField<Continuous>);
static_assert(lanes::SiteField<Numbers, G> && !lanes::SiteField<Numbers, G, 2>);

// An angle on every link is all of: links, an angle, as many as directions.
struct Links { static constexpr bool links = true; };
struct Circle { static constexpr double period = lanes::two_pi; };
struct PerLink {
  template <class Geometry>
  static constexpr int components = Geometry::dimension;
};
LANES_CHECK(IsLinks, lanes::LinkField<M, G>);
static_assert(needs_each<IsLinks, PerLink, FieldRows, Row, Links, Circle>());
struct OneLink : Numbers, Links, Circle {};
static_assert(!lanes::LinkField<OneLink, G>);

static_assert(lanes::SiteField<lanes::Scalar, G> && !lanes::PeriodicField<lanes::Scalar> &&
              !lanes::DiscreteField<lanes::Scalar>);
static_assert(lanes::LinkField<lanes::U1, G> && lanes::SiteField<lanes::U1, G, 2>);
static_assert(lanes::SpinField<lanes::Ising, G> && !lanes::PeriodicField<lanes::Ising>);
static_assert(!lanes::Field<G, G> && !lanes::Field<int, G>);

}  // namespace
