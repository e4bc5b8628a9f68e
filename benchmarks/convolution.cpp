// SPDX-License-Identifier: BSD-3-Clause
//
// Convolutions of one tile of lanes, beside the plain loop over lanes: forward, the adjoint of the
// input, and both adjoints.
//
//   convolution/<In>to<Out>[-frozen|-active]/<L>x<L>/<direction>/<precision>/<lanes|plain>
//
// frozen: reads the frozen half of a checkerboard; active: computes the active half. GFLOP/s are
// flops of the direct convolution, whatever the algorithm: Winograd's needs fewer, so it may go
// beyond 100 %peak. Each case is checked against the plain loop before it is timed.
//
// brief: 16to16/8x8|1to16
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <lanes/backend/cpu.hpp>
#include <lanes/contraction/contraction.hpp>
#include <lanes/contraction/stencil.hpp>
#include <support/measure.hpp>
#include <support/plain_convolution.hpp>

namespace {

using namespace lanes;
using namespace lanes::benchmarks;

enum class Direction { forward, input_adjoint, adjoints };
constexpr Direction directions[] = {Direction::forward, Direction::input_adjoint,
                                    Direction::adjoints};
constexpr const char* name_of(Direction d) {
  return d == Direction::forward         ? "forward"
         : d == Direction::input_adjoint ? "input_adjoint"
                                         : "adjoints";
}

template <class Real>
struct Put {
  Rows<Real> to;
  template <class Lane, class T>
  LANES_INLINE void operator()(Lane lane, long row, T value) const {
    lane.store(to, row, value);
  }
};

template <class Stencil, class Precision>
class Case {
  using Context = CpuContext<Precision>;
  using Real = typename Precision::Real;
  using Convolution = typename Context::template Convolution<Stencil>;
  static constexpr int W = Context::width, variant = 0;
  static constexpr long x_rows = Stencil::in_rows, y_rows = Stencil::out_rows;

 public:
  Case() : plain_(variant) {
    const auto wave = [](auto& values, double step) {
      for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<Real>(std::sin(step * double(i)));
    };
    wave(parameters_, 1.3);
    wave(x_, 0.37);
    wave(dy_, 0.73);
    Convolution::pack(parameters_.data(), prepared_.data());
  }

  void run(Direction d) {
    if (d == Direction::forward)
      Convolution::forward(context_, prepared_.data(), variant, Rows<Real>{x_.data()},
                           Put<Real>{{y_.data()}});
    else if (d == Direction::input_adjoint)
      Convolution::input_adjoint(context_, prepared_.data(), variant, Rows<Real>{dy_.data()},
                                 Put<Real>{{dx_.data()}});
    else
      adjoints<Convolution>(context_, prepared_.data(), gradient_.data(), variant,
                            Rows<Real>{x_.data()}, Rows<Real>{dy_.data()}, Put<Real>{{dx_.data()}});
  }

  void run_plain(Direction d) {
    if (d == Direction::forward)
      plain_.forward(parameters_.data(), x_.data(), plain_y_.data());
    else
      plain_.input_adjoint(parameters_.data(), dy_.data(), plain_dx_.data());
    if (d == Direction::adjoints)
      plain_.weight_adjoint(x_.data(), dy_.data(), plain_gradient_.data());
  }

  /// Largest difference between the two, relative to the largest number.
  double disagreement(Direction d) {
    run(d);
    run_plain(d);
    if (d == Direction::forward) return difference(y_, plain_y_);
    if (d == Direction::input_adjoint) return difference(dx_, plain_dx_);
    AlignedVector<Real> external(std::size_t(Convolution::parameters), Real(0));
    Convolution::unpack(gradient_.data(), external.data());
    return std::max(difference(dx_, plain_dx_), difference(external, plain_gradient_));
  }

 private:
  static double difference(const AlignedVector<Real>& a, const AlignedVector<Real>& b) {
    double most = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      most = std::max(most, std::abs(double(a[i]) - double(b[i])));
      size = std::max(size, std::abs(double(b[i])));
    }
    return most / size;
  }
  using Values = AlignedVector<Real>;
  static Values rows(long n) { return Values(std::size_t(n * W), Real(0)); }

  PlainConvolution<Stencil, Real> plain_;
  Arena arena_;
  Context context_{arena_};
  Values parameters_ = Values(std::size_t(Convolution::parameters)),
         prepared_ = Values(std::size_t(Convolution::weights));
  Values gradient_ = Values(std::size_t(Convolution::gradients)), plain_gradient_ = parameters_;
  Values x_ = rows(x_rows), dx_ = x_, plain_dx_ = x_;
  Values y_ = rows(y_rows), dy_ = y_, plain_y_ = y_;
};

template <class Stencil, class Precision>
void convolution(benchmark::State& state, Direction direction, bool plain) {
  Case<Stencil, Precision> c;
  const double tolerance =
      direction == Direction::adjoints ? Precision::gradient : Precision::agreement;
  if (const double error = c.disagreement(direction); !(error < tolerance))
    return state.SkipWithError(("differs from the plain loop by " + std::to_string(error)).c_str());
  constexpr int width = CpuContext<Precision>::width;
  const double passes = direction == Direction::adjoints ? 2 : 1;
  const Work work{.flops = passes * stencil_flops<Stencil>() * width, .items = width};
  measure<typename Precision::Real>(state, work,
                                    [&] { plain ? c.run_plain(direction) : c.run(direction); });
}

template <class Precision, class Stencil>
void add_case(const std::string& name) {
  for (const Direction d : directions)
    for (const bool plain : {false, true})
      add("convolution/" + name + "/" + name_of(d) + "/" + Precision::name +
              (plain ? "/plain" : "/lanes"),
          [=](benchmark::State& state) { convolution<Stencil, Precision>(state, d, plain); });
}

template <class Precision, int L>
void add_lattice() {
  using Geometry = Lattice<L, L>;
  using All = AllSites<Geometry>;
  using Board = Checkerboard::Masks<Geometry>;
  const std::string lattice = "/" + std::to_string(L) + "x" + std::to_string(L);
  add_case<Precision, Stencil<Geometry, 1, 16, 3, 1, true, FrozenSites<Board>, All>>(
      "1to16-frozen" + lattice);
  add_case<Precision, Stencil<Geometry, 8, 8, 3, 1, true, All, All>>("8to8" + lattice);
  add_case<Precision, Stencil<Geometry, 16, 16, 3, 1, true, All, All>>("16to16" + lattice);
  add_case<Precision, Stencil<Geometry, 64, 64, 3, 1, true, All, All>>("64to64" + lattice);
  add_case<Precision, Stencil<Geometry, 64, 25, 3, 1, true, All, All>>("64to25" + lattice);
  add_case<Precision, Stencil<Geometry, 64, 25, 3, 1, true, All, ActiveSites<Board>>>(
      "64to25-active" + lattice);
}

const bool added = [] {
  add_lattice<Single, 8>();
  add_lattice<Single, 16>();
  add_lattice<Double, 8>();
  add_lattice<Double, 16>();
  return true;
}();

}  // namespace
