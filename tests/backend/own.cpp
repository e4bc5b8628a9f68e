// SPDX-License-Identifier: BSD-3-Clause
//
// A backend of somebody else's, as small as it can be: it brings no contraction of its own, and
// computes what Serial computes; with one lane at a time, and with a register of them.
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <doctest/doctest.h>

#include <lanes/autoregressive/masked_dense.hpp>
#include <lanes/backend/contractions.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/host_vector.hpp>
#include <lanes/core/random.hpp>
#include <lanes/core/simd.hpp>
#include <lanes/field/scalar.hpp>
#include <lanes/field/u1.hpp>
#include <lanes/layer/chain.hpp>
#include <lanes/layer/coupling.hpp>
#include <lanes/layer/gauge_coupling.hpp>
#include <lanes/network/conv_net.hpp>
#include <lanes/network/dense_net.hpp>
#include <lanes/testing/backend_laws.hpp>
#include <lanes/transform/circular_spline.hpp>

using namespace lanes;

namespace {

/// A row is Width numbers, one a lane.
template <int Width>
struct OwnLane {
  static constexpr int width = Width;
  std::uint64_t first;

  template <class T>
  Pack<T, Width> load(Rows<T> x, long row = 0) const {
    return Pack<T, Width>::load(x.data + (x.first + row) * Width);
  }
  template <class To, class T>
  Pack<To, Width> load_as(Rows<T> x, long row = 0) const {
    return Pack<To, Width>::load_as(x.data + (x.first + row) * Width);
  }
  template <class T>
  void store(Rows<T> x, long row, Pack<T, Width> value) const {
    value.store(x.data + (x.first + row) * Width);
  }
  template <class T>
  Pair<Pack<T, Width>> normal_pair(const RandomStream& stream, std::uint32_t block) const {
    return pair<T>(stream, block, [](auto words) { return lanes::normal_pair<T>(words); });
  }
  template <class T>
  Pair<Pack<T, Width>> uniform_pair(const RandomStream& stream, std::uint32_t block) const {
    return pair<T>(stream, block, [](auto words) { return lanes::uniform_pair<T>(words); });
  }
  template <class T>
  Pair<Pack<T, Width>> positive_pair(const RandomStream& stream, std::uint32_t block) const {
    return pair<T>(stream, block, [](auto words) { return lanes::positive_pair<T>(words); });
  }

 private:
  template <class T, class Make>
  Pair<Pack<T, Width>> pair(const RandomStream& stream, std::uint32_t block, Make make) const {
    alignas(64) T a[std::size_t(Width)], b[std::size_t(Width)];
    for (int k = 0; k < Width; ++k) {
      const Pair<T> p = make(stream.words(first + std::uint64_t(k), block));
      a[k] = p.first, b[k] = p.second;
    }
    return {Pack<T, Width>::load(a), Pack<T, Width>::load(b)};
  }
};

template <class Precision, int Width>
class OwnContext {
 public:
  using Real = typename Precision::Real;
  using Operand = typename Precision::Operand;
  using Lane = OwnLane<Width>;
  static constexpr int width = Width, granularity = Width;
  static constexpr bool external_order = true;
  static constexpr int aligned_size(int n) { return n; }

  explicit OwnContext(Arena& arena) : arena_(arena) {}
  struct Scope : Arena::Scope {
    explicit Scope(OwnContext& context) : Arena::Scope(context.arena_) {}
  };
  int lanes() const { return Width; }
  Lane lane() const { return {first_lane_}; }
  void set_first_lane(std::uint64_t lane) { first_lane_ = lane; }

  template <class T>
  T* host(std::size_t n) {
    return arena_.template take<T>(n);
  }
  template <class T>
  Rows<T> rows(long n) {
    return {host<T>(std::size_t(n * Width)), 0};
  }
  template <class T>
  T* pointer(Rows<T> x) const {
    return x.data + x.first * Width;
  }
  template <class T, class External>
  void store_lanes(Rows<T> x, int rows, int n, External* external) const {
    for (int k = 0; k < n; ++k)
      for (int r = 0; r < rows; ++r)
        external[k * rows + r] = static_cast<External>(pointer(x)[r * Width + k]);
  }
  template <class T, class External>
  void load_lanes(const External* external, int rows, int n, Rows<T> x) const {
    for (int k = 0; k < Width; ++k)
      for (int r = 0; r < rows; ++r)
        pointer(x)[r * Width + k] = static_cast<T>(external[(k < n ? k : n - 1) * rows + r]);
  }
  template <class Kernel>
  void for_each(int rows, const Kernel& kernel) {
    for (int i = 0; i < rows; ++i) kernel(i, lane());
  }
  template <class Kernel>
  void for_each_lane(const Kernel& kernel) {
    for (int k = 0; k < Width; ++k) kernel(k);
  }
  template <class Kernel>
  void sum(int rows, const Kernel& kernel, Rows<double> into) {
    for (int i = 0; i < rows; ++i)
      lane().store(into, 0, lane().load(into) + Pack<double, Width>(kernel(i, lane())));
  }
  template <class Kernel>
  void reduce(int rows, const Kernel& kernel, Real* into) {
    for (int i = 0; i < rows; ++i) *into += static_cast<Real>(reduce_add(kernel(i, lane())));
  }

 private:
  Arena& arena_;
  std::uint64_t first_lane_ = 0;
};

template <bool Wide>
class Own {
 public:
  template <class Precision>
  using Context = OwnContext<Precision, Wide ? simd_width<typename Precision::Real> : 1>;
  template <class T>
  using Vector = HostVector<T>;
  int threads() const { return 1; }

  template <class Precision, class F>
  void for_lanes(std::uint64_t first, std::size_t count, const F& f) {
    constexpr std::size_t width = Context<Precision>::width;
    for (std::size_t at = 0; at < count; at += width) {
      Context<Precision> context(arena_);
      typename Context<Precision>::Scope scope(context);
      context.set_first_lane(first + at);
      f(context, at, int(count - at < width ? count - at : width));
    }
  }
  template <class Kernel>
  void for_each(std::size_t n, const Kernel& kernel) {
    for (std::size_t i = 0; i < n; ++i) kernel(i);
  }

 private:
  Arena arena_;
};
static_assert(Backend<Own<false>> && Backend<Own<true>>);
static_assert(!BringsConvolution<Own<true>::Context<Double>, int> &&
              !BringsMasked<Own<true>::Context<Double>, int, 1>);

using Net = ConvNet<Channels<4, 4>, Kernel<3>, Tanh, RandomLast>;
template <class N>
using Coupled = Repeat<2, Coupling<Checkerboard, Affine, N>>;
using Gauge = Repeat<2, GaugeCoupling<SweepMasks, PlaquettesAndRectangles, CircularSpline<3>,
                                      ConvNet<Channels<4>, Kernel<3>, Tanh, RandomLast>>>;

template <class P, class Field, class Flow>
double difference() {
  using Geometry = Lattice<4, 4>;
  return laws::check_backend<Own<true>, P, Field, Geometry, Flow>(Seed{3}, 0.2);
}

}  // namespace

TEST_CASE("a backend without contractions gets the plain loops: Serial's numbers, bit for bit") {
  using Flow = Coupled<Net>;
  CHECK(laws::check_backend<Own<false>, Double, Scalar, Lattice<4, 4>, Flow>(Seed{3}) == 0);
}
TEST_CASE("so does one of many lanes: sites, dense networks, links with hidden channels") {
  CHECK(difference<Double, Scalar, Coupled<Net>>() < Double::agreement);
  CHECK(difference<Single, Scalar, Coupled<Net>>() < Single::agreement);
  CHECK(difference<Double, Scalar, Coupled<DenseNet<Channels<6>, Tanh, RandomLast>>>() <
        Double::agreement);
  CHECK(difference<Double, U1, Gauge>() < Double::agreement);
}
TEST_CASE("factors are rounded as Serial's are") {
  using Rounded = Mixed<bfloat16>;
  CHECK(laws::check_backend<Own<true>, Rounded, Scalar, Lattice<4, 4>, Coupled<Net>>(Seed{3}) <
        Single::agreement);
}
TEST_CASE("spins: masked products") {
  using Spins = MaskedDense<Depth<3>, Width<2>, PRelu>;
  CHECK(laws::check_spin_backend<Own<true>, Double, Lattice<4, 6>, Spins>(Seed{5}) <
        Double::agreement);
}
