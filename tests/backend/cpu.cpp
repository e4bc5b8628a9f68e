// SPDX-License-Identifier: BSD-3-Clause
//
// Cpu and CpuContext: every lane once, exceptions, sums in order, the same bits for any number of
// threads.
#include <atomic>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/core/kernels.hpp>

using namespace lanes;

TEST_CASE("run: every task once, on no more threads than asked for") {
  for (int threads : {1, 2, 3}) {
    Cpu cpu(threads);
    CHECK(cpu.threads() == threads);
    std::vector<std::atomic<int>> count(101);
    cpu.run<Single>(101, [&](int i, auto& context) {
      CHECK(context.lanes() == simd_width<float>);
      ++count[std::size_t(i)];
    });
    for (const auto& c : count) REQUIRE(c == 1);
  }
  CHECK(Cpu().threads() >= 1);
  CHECK_THROWS_AS(Cpu(-1), std::invalid_argument);
  Cpu().run<Single>(0, [](int, auto&) { FAIL("no task was asked for"); });
}

TEST_CASE("run: the exception of the lowest task comes out, after all have ended") {
  for (int threads : {1, 2, 3}) {
    Cpu cpu(threads);
    std::atomic<int> done = 0;
    auto go = [&] {
      cpu.run<Double>(50, [&](int i, auto&) {
        if (i % 10 == 7) throw std::runtime_error("task " + std::to_string(i));
        ++done;
      });
    };
    CHECK_THROWS_WITH_AS(go(), "task 7", std::runtime_error);
    CHECK(done == 45);
    done = 0;  // the backend is usable afterwards
    cpu.run<Double>(5, [&](int, auto&) { ++done; });
    CHECK(done == 5);
  }
}

TEST_CASE_TEMPLATE("for_lanes covers the count in tiles, numbered from the offset", P, Single,
                   Double) {
  constexpr int width = CpuContext<P>::width;
  for (int threads : {1, 3})
    for (std::size_t count :
         {std::size_t(0), std::size_t(1), std::size_t(width), std::size_t(5 * width + 3)}) {
      Cpu cpu(threads);
      std::vector<std::atomic<int>> seen(count);
      std::atomic<bool> right = true;
      cpu.for_lanes<P>(1000, count, [&](auto& context, std::size_t first, int n) {
        right = right && n >= 1 && n <= width && first % width == 0 &&
                (n == width || first + std::size_t(n) == count) &&
                context.lane().first == 1000 + first;
        for (int k = 0; k < n; ++k) ++seen[first + std::size_t(k)];
      });
      CHECK(right);
      for (const auto& s : seen) REQUIRE(s == 1);
    }
}

TEST_CASE("accumulate adds the parts in their order, for any number of threads") {
  constexpr int groups = 7, group = 32;
  constexpr std::size_t n = 11;
  // Numbers whose sum depends on the order.
  std::vector<float> numbers(groups * n);
  for (std::size_t k = 0; k < numbers.size(); ++k)
    numbers[k] = std::sin(float(k)) * std::pow(10.0f, float(k % 9) - 4);
  const auto number = [&](std::size_t g, std::size_t i) { return numbers[g * n + i]; };
  std::vector<float> want(n), other(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t g = 0; g < groups; ++g) want[i] += number(g, i);
    for (std::size_t g = groups; g-- > 0;) other[i] += number(g, i);
  }
  CHECK(want != other);
  for (int threads : {1, 2, 3, 16}) {
    Cpu cpu(threads);
    lanes::HostVector<float> gradients, total;
    const auto sum = [&](std::size_t bad) {
      cpu.accumulate<Single>(groups * group, group, n, gradients, total,
                             [&](auto&, std::size_t first, int lanes, float* gradient) {
                               CHECK(lanes == group);
                               if (first / group == bad) throw std::runtime_error("no number");
                               for (std::size_t i = 0; i < n; ++i)
                                 gradient[i] += number(first / group, i);
                             });
      return std::vector<float>(total.host().begin(), total.host().end());
    };
    CHECK(sum(groups) == want);
    CHECK_THROWS_AS(sum(2), std::runtime_error);  // and nobody waits for it
    CHECK(sum(groups) == want);
  }
}

TEST_CASE("scratch is kept between runs") {
  Cpu cpu(2);
  auto work = [&] {
    cpu.run<Single>(8, [](int, auto& context) {
      auto x = context.template rows<float>(100000);
      x.data[0] = 1;
    });
  };
  CHECK(cpu.capacity() == 0);
  work();
  const auto one = cpu.capacity();
  CHECK(one > 0);
  for (int i = 0; i < 20; ++i) work();
  CHECK(cpu.capacity() <=
        2 * one);  // one arena a thread, whichever threads had work the first time
  CHECK(cpu.capacity() >= one);
}

namespace {

struct RowTimesLane {  // (i + 1) * (lane value)
  Rows<double> x;
  template <class Lane>
  auto operator()(int i, Lane lane) const {
    return lane.load(x, 0) * double(i + 1);
  }
};

}  // namespace

TEST_CASE_TEMPLATE("context: lanes in and out, fill, copy, sum, reduce, leave_one_out", P, Single,
                   Double) {
  using Real = typename P::Real;
  constexpr int width = CpuContext<P>::width, n = width - 1, rows = 3;
  Arena arena;
  CpuContext<P> context(arena);
  typename CpuContext<P>::Scope scope(context);
  std::vector<double> external(n * rows);
  for (std::size_t i = 0; i < external.size(); ++i)
    external[i] = 0.5 * double(i);  // exact in float
  const auto x = context.template rows<Real>(rows + 1), y = context.template rows<Real>(rows);
  fill(context, x, 1, Real(9));
  context.load_lanes(external.data(), rows, n, x.from(1));
  for (int r = 0; r < rows; ++r)
    for (int k = 0; k < width; ++k)  // lanes beyond n repeat the last
      REQUIRE(x.data[(r + 1) * width + k] ==
              Real(external[std::size_t((k < n ? k : n - 1) * rows + r)]));
  for (int k = 0; k < width; ++k) REQUIRE(x.data[k] == Real(9));
  copy(context, x.from(1), y, rows);
  std::vector<double> back(external.size());
  context.store_lanes(y, rows, n, back.data());
  CHECK(back == external);

  const auto lanes = context.template rows<double>(1), total = context.template rows<double>(1);
  double sum = 0;
  for (int k = 0; k < width; ++k) lanes.data[k] = 0.25 * k, sum += 0.25 * k;
  fill(context, total, 1, 100.0);
  context.sum(4, RowTimesLane{lanes}, total);  // 1 + 2 + 3 + 4
  for (int k = 0; k < width; ++k) REQUIRE(total.data[k] == 100 + 10 * 0.25 * k);
  if constexpr (simd_width<double> == width) {
    Real into = 3;
    context.reduce(4, RowTimesLane{lanes}, &into);
    CHECK(into == Real(3 + 10 * sum));
  }

  const std::vector<double> s = {1, 2, 4, 9, -1, 0, 3, 5};
  std::vector<Real> weight(8);
  context.leave_one_out(s.data(), 2, 4, 0.1, weight.data());
  for (std::size_t g = 0; g < 2; ++g)
    for (std::size_t i = 0; i < 4; ++i) {
      double others = 0;
      for (std::size_t j = 0; j < 4; ++j)
        if (j != i) others += s[4 * g + j] / 3;
      CHECK(std::abs(double(weight[4 * g + i]) - 0.1 * (s[4 * g + i] - others)) < P::agreement);
    }
}
