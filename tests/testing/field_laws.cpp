// SPDX-License-Identifier: BSD-3-Clause
//
// The laws of fields hold for every field that the library ships, in both precisions, and each is
// broken by its mistake.
#include <string>

#include <doctest/doctest.h>

#include <lanes/backend/serial.hpp>
#include <lanes/field/angle.hpp>
#include <lanes/field/ising.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/field/vector.hpp>
#include <lanes/geometry/lattice.hpp>
#include <lanes/testing/field_laws.hpp>

using namespace lanes;

TEST_CASE_TEMPLATE("laws", F, Scalar, Vector<1>, Vector<3>, Angle, U1, Ising) {
  for (const auto& r : {laws::check_field<Double, F, Lattice<5>>(Seed{1}),
                        laws::check_field<Double, F, Lattice<2, 3>>(Seed{2}),
                        laws::check_field<Single, F, Lattice<2, 2, 2>>(Seed{3}),
                        laws::check_field<Double, F, Lattice<2, 3>, Serial>(Seed{4}, 2000)})
    CHECK_MESSAGE(r.passed(), to_string(r));
}

namespace {

enum class Mistake {
  none,
  row,         // two components share one
  numbered,    // draws know their lane's place
  drawn,       // ln r as it is drawn lacks a constant
  sets,        // ln r is set
  score,       // off by a part in a thousand
  normalised,  // of a normal density of another width
  width,       // draws are wider
  shifted,     // draws of one row are shifted
  beside       // a row is drawn like the one before
};

template <Mistake M>
struct Mistaken : Vector<2> {
  template <class Real>
  struct Change {
    Rows<Real> z;
    template <class Lane>
    void operator()(int, Lane lane) const {
      using T = decltype(lane.load(z));
      if (M == Mistake::width) lane.store(z, 1, lane.load(z, 1) * T(1.2));
      if (M == Mistake::shifted) lane.store(z, 1, lane.load(z, 1) + T(0.1));
      if (M == Mistake::beside) lane.store(z, 1, lane.load(z, 0));
      if (M == Mistake::numbered) {
        alignas(64) Real place[std::size_t(T::size)];
        for (int k = 0; k < T::size; ++k) place[k] = k % 2 ? Real(1) : Real(-1);
        lane.store(z, 1, lane.load(z, 1) * T::load(place));
      }
    }
  };
  template <class Real>
  struct Stretch {
    Rows<Real> x;
    template <class Lane>
    void operator()(int i, Lane lane) const {
      lane.store(x, i, lane.load(x, i) * Real(1.001));
    }
  };
  template <class G>
  static constexpr int row(int site, int component) {
    return M == Mistake::row ? site : Vector<2>::row<G>(site, component);
  }
  template <class G, class Context>
  static void draw_base(Context& context, const RandomStream& stream,
                        Rows<typename Context::Real> z, Rows<double> l) {
    const auto unused = context.template rows<double>(1);
    fill(context, unused, 1);
    Vector<2>::draw_base<G>(context, stream, z, unused);
    context.for_each(1, Change<typename Context::Real>{z});
    base_log_density<G>(context, z, l);
    if (M == Mistake::drawn) context.for_each(1, AddConstant<double>{l, 0.01});
  }
  template <class G, class Context>
  static void base_log_density(Context& context, Rows<typename Context::Real> z, Rows<double> l) {
    if (M == Mistake::sets) fill(context, l, 1);
    Vector<2>::base_log_density<G>(context, z, l);
    if (M == Mistake::normalised) context.for_each(1, AddConstant<double>{l, 0.05});
  }
  template <class G, class Context>
  static void base_score(Context& context, Rows<typename Context::Real> z,
                         Rows<typename Context::Real> weight, Rows<typename Context::Real> dz) {
    Vector<2>::base_score<G>(context, z, weight, dz);
    if (M == Mistake::score) context.for_each(1, Stretch<typename Context::Real>{dz});
  }
};
// Angles that are not brought back, are brought elsewhere, or are refused; NaN is not but by the
// last.
template <int which>
struct MistakenAngle : UniformAngles<MistakenAngle<which>> {
  template <class G>
  static constexpr int components = 1;
  template <class G>
  static constexpr int rows = G::volume;
  template <class G>
  static constexpr int row(int site, int) {
    return site;
  }
  template <class Real>
  struct Fold {
    Rows<Real> x;
    template <class Lane>
    void operator()(int i, Lane lane) const {
      const auto theta = lane.load(x, i);
      if (which == 0) lane.store(x, i, theta);
      if (which == 1) lane.store(x, i, wrap(-theta));
      if (which == 2) lane.store(x, i, wrap(theta));
    }
  };
  template <class G, class Context>
  static void fold(Context& context, Rows<typename Context::Real> x) {
    context.for_each(G::volume, Fold<typename Context::Real>{x});
  }
  template <class Value>
  static void check(std::span<const Value> angles) {
    for (const Value theta : angles)
      require(which != 2 || std::abs(theta) < 3, "MistakenAngle: an angle", theta, "< 3");
  }
};

template <class F>
std::string of() {
  std::string names;
  for (const auto& name : broken(laws::check_field<Double, F, Lattice<2, 2>>(Seed{5})))
    names += (names.empty() ? "" : ", ") + name;
  return names;
}

}  // namespace

TEST_CASE("each mistake breaks its law") {
  CHECK(of<Mistaken<Mistake::none>>() == "");
  CHECK(of<Mistaken<Mistake::row>>() == "rows");
  CHECK(of<Mistaken<Mistake::numbered>>() == "numbered");
  CHECK(of<Mistaken<Mistake::drawn>>() == "log_density");
  CHECK(of<Mistaken<Mistake::sets>>() == "log_density");
  CHECK(of<Mistaken<Mistake::score>>() == "score");
  CHECK(of<Mistaken<Mistake::normalised>>() == "normalised");
  CHECK(of<Mistaken<Mistake::width>>() == "normalised, moments");
  CHECK(of<Mistaken<Mistake::shifted>>() == "moments");
  CHECK(of<Mistaken<Mistake::beside>>() == "normalised, moments");
  CHECK(of<MistakenAngle<0>>() == "folded, checked");
  CHECK(of<MistakenAngle<1>>() == "folded, checked");
  CHECK(of<MistakenAngle<2>>() == "checked");
}
