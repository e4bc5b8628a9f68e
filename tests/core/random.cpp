// SPDX-License-Identifier: BSD-3-Clause
//
// Philox known answers through RandomStream's counter; the deviates' accuracy, distribution and
// independence (with a check that the statistical tests would notice); streams that differ; packs
// and precisions that agree.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/backend/cpu.hpp>
#include <lanes/core/precision.hpp>
#include <lanes/core/random.hpp>

using namespace lanes;
using Words = RandomStream::Words;

TEST_CASE("known answers, through the counter's layout") {
  std::ifstream file(LANES_TEST_DATA "/philox_kat.txt");
  REQUIRE(file.good());
  int vectors = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream in(line);
    std::string name;
    int rounds = 0;
    std::uint64_t w[10];
    in >> name >> rounds >> std::hex;
    for (auto& word : w) in >> word;
    REQUIRE(!in.fail());
    REQUIRE(name == "philox4x32");
    REQUIRE(rounds == 10);
    // counter = { block, lane, step, purpose | lane | step },  key = seed
    const RandomStream stream(Seed{w[5] << 32 | w[4]}, static_cast<Purpose>(w[3] >> 24),
                              (w[3] & 0xffff) << 32 | w[2]);
    const Words r =
        stream.words((w[3] >> 16 & 0xff) << 32 | w[1], static_cast<std::uint32_t>(w[0]));
    for (int i = 0; i < 4; ++i) CHECK(r.v[i] == w[6 + i]);
    ++vectors;
  }
  CHECK(vectors == 3);
}

TEST_CASE("every part of the counter makes another block") {
  std::set<std::vector<std::uint32_t>> seen;
  int asked = 0;
  auto ask = [&](std::uint64_t seed, Purpose purpose, std::uint64_t step, std::uint64_t lane,
                 std::uint32_t block) {
    const Words w = RandomStream(Seed{seed}, purpose, step).words(lane, block);
    seen.insert({w.v[0], w.v[1], w.v[2], w.v[3]});
    ++asked;
  };
  ask(5, Purpose::base, 3, 2, 1);
  for (Purpose p : {Purpose::initialise, Purpose::accept, Purpose::momentum, Purpose::bootstrap,
                    Purpose::proposal, Purpose::user, Purpose::heat_bath})
    ask(5, p, 3, 2, 1);
  for (int bit = 0; bit < 64; ++bit) ask(5 ^ 1ull << bit, Purpose::base, 3, 2, 1);
  for (int bit = 0; bit < 48; ++bit) ask(5, Purpose::base, 3 ^ 1ull << bit, 2, 1);
  for (int bit = 0; bit < 40; ++bit) ask(5, Purpose::base, 3, 2 ^ 1ull << bit, 1);
  for (int bit = 0; bit < 32; ++bit) ask(5, Purpose::base, 3, 2, 1u ^ 1u << bit);
  CHECK(int(seen.size()) == asked);
}

namespace {

Words some_words(int i) {
  return RandomStream(Seed{99}, Purpose::user, 4).words(std::uint64_t(i), 7);
}

// The largest error of normal_pair in ulp of the radius, against the formula of the header in long
// double.
template <class T>
double worst_normal(const std::vector<Words>& words) {
  const long double two_pi = 2 * std::acos(-1.0L);
  double worst = 0;
  for (const Words& w : words) {
    const long double u = detail::positive_interval<T>(w.v[0], w.v[1]),
                      v = detail::unit_interval<T>(w.v[2], w.v[3]);
    const long double r = std::sqrt(-2 * std::log(u));
    const auto z = normal_pair<T>(w);
    const double ulp = double(r) * double(std::numeric_limits<T>::epsilon());
    const double e = double(std::max(std::abs(z.first - r * std::cos(two_pi * v)),
                                     std::abs(z.second - r * std::sin(two_pi * v))));
    if (!(e <= 0)) worst = std::max(worst, std::isfinite(e) && ulp > 0 ? e / ulp : INFINITY);
  }
  return worst;
}

}  // namespace

TEST_CASE_TEMPLATE("deviates are accurate to the header's 4 ulp", T, float, double) {
  std::vector<Words> words;
  for (int i = 0; i < 200000; ++i) words.push_back(some_words(i));
  // The ends of the intervals, and the quadrants' edges.
  for (std::uint32_t a :
       {0u, 1u, 0x7fffffffu, 0x80000000u, 0xb504f333u, 0xb504f334u, 0xffffff00u, 0xffffffffu})
    for (std::uint32_t b : {0u, 0x1fffffffu, 0x20000000u, 0x40000000u, 0x60000000u, 0x80000000u,
                            0xa0000000u, 0xc0000000u, 0xdfffffffu, 0xe0000000u, 0xffffffffu})
      words.push_back({{a, a, b, b}});
  CHECK(worst_normal<T>(words) <= 4);
  int outside = 0;
  for (const Words& w : words) {
    const auto p = uniform_pair<T>(w);
    const T u = detail::positive_interval<T>(w.v[0], w.v[1]);
    outside += !(p.first >= 0 && p.first < 1 && p.second >= 0 && p.second < 1 && u > 0 && u <= 1);
  }
  CHECK(outside == 0);
  // The header's layout of bits.
  CHECK(uniform_pair<T>({{0x80000000u, 0, 0x40000000u, 0}}).first == T(0.5));
  CHECK(uniform_pair<T>({{0x80000000u, 0, 0x40000000u, 0}}).second == T(0.25));
  CHECK(detail::unit_interval<double>(0, 1u << 11) == std::ldexp(1.0, -53));
}

TEST_CASE("the same bits on every machine") {
  // Only correctly rounded operations are used, so these are exact; a change of the numbers changes
  // every run of every user.
  const RandomStream stream(Seed{7}, Purpose::base, 2);
  std::uint64_t hash = 14695981039346656037ull;  // FNV-1a over the bits of 1000 pairs of each type
  auto add = [&](const void* p, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
      hash = (hash ^ static_cast<const unsigned char*>(p)[i]) * 1099511628211ull;
  };
  for (int i = 0; i < 1000; ++i) {
    const auto d = normal_pair<double>(stream.words(std::uint64_t(i), 5));
    const auto f = normal_pair<float>(stream.words(std::uint64_t(i), 5));
    add(&d, sizeof d);
    add(&f, sizeof f);
  }
  CHECK(hash == 10301356794182809195ull);
}

TEST_CASE("Single draws Double's numbers, to rounding") {
  double worst_normal = 0, worst_uniform = 0;
  for (int i = 0; i < 100000; ++i) {
    const Words w = some_words(i);
    const auto d = normal_pair<double>(w);
    const auto f = normal_pair<float>(w);
    worst_normal = std::max(
        {worst_normal, std::abs(d.first - double(f.first)), std::abs(d.second - double(f.second))});
    const auto du = uniform_pair<double>(w);
    const auto fu = uniform_pair<float>(w);
    worst_uniform = std::max({worst_uniform, std::abs(du.first - double(fu.first)),
                              std::abs(du.second - double(fu.second))});
  }
  CHECK(worst_normal < Single::agreement);
  CHECK(worst_normal > 0);
  CHECK(worst_uniform <= std::ldexp(1.0, -24));  // the bits that are left out
}

TEST_CASE_TEMPLATE("a tile draws what its lanes would draw alone, bit for bit", P, Single, Double) {
  using T = typename P::Real;
  constexpr int width = CpuContext<P>::width;
  const RandomStream stream(Seed{3}, Purpose::proposal, 11);
  for (std::uint64_t first :
       {std::uint64_t(0), std::uint64_t(5), (std::uint64_t(1) << 32) - 3}) {  // across 32 bits
    const TileLane<width> lane{first};
    for (std::uint32_t block : {0u, 1u, 77u}) {
      const auto normal = lane.template normal_pair<T>(stream, block);
      const auto uniform = lane.template uniform_pair<T>(stream, block);
      for (int k = 0; k < width; ++k) {
        const Words w = stream.words(first + std::uint64_t(k), block);
        REQUIRE(normal.first[k] == normal_pair<T>(w).first);
        REQUIRE(normal.second[k] == normal_pair<T>(w).second);
        REQUIRE(uniform.first[k] == uniform_pair<T>(w).first);
        REQUIRE(uniform.second[k] == uniform_pair<T>(w).second);
      }
    }
  }
}

namespace {

// Standard deviations by which a sample of standard normals is off, each roughly N(0, 1) itself.
struct Scores {
  double worst = 0;
  const char* where = "";
  void add(const char* name, double z) {
    if (!(std::abs(z) <= worst)) worst = std::abs(z), where = name;
  }
};

// a, b, c: deviates that should be independent of each other, number by number.
Scores scores(const std::vector<double>& a, const std::vector<double>& b,
              const std::vector<double>& c) {
  Scores s;
  const double n = double(a.size());
  double m[5] = {}, ab = 0, ac = 0, a2b2 = 0, ab2 = 0, next = 0;
  double beyond[5] = {};
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i];
    for (double p = x, k = 1; k <= 4; ++k, p *= x) m[int(k)] += p / n;
    for (int k = 1; k <= 4; ++k) beyond[k] += std::abs(x) > k;
    ab += x * b[i];
    ac += x * c[i];
    ab2 += x * (b[i] * b[i] - 1);
    a2b2 += (x * x - 1) * (b[i] * b[i] - 1);
    next += x * a[(i + 1) % a.size()];
  }
  const double root = std::sqrt(n);
  s.add("mean", root * m[1]);
  s.add("variance", root * (m[2] - 1) / std::sqrt(2.0));
  s.add("third moment", root * m[3] / std::sqrt(15.0));
  s.add("fourth moment", root * (m[4] - 3) / std::sqrt(96.0));
  for (int k = 1; k <= 4; ++k) {
    const double p = std::erfc(k / std::sqrt(2.0));
    s.add("tail", (beyond[k] - n * p) / std::sqrt(n * p * (1 - p)));
  }
  s.add("correlation with the partner", ab / root);
  s.add("correlation with the third", ac / root);
  s.add("correlation with the partner's square", ab2 / root / std::sqrt(2.0));
  s.add("correlation of squares", a2b2 / root / 2);
  s.add("correlation with the next lane", next / root);
  // Kolmogorov-Smirnov: sqrt(n) D has tail 2 exp(-2 t^2); as the score whose Gaussian tail is the
  // same (two-sided), z^2 / 2 = 2 t^2 up to logarithms.
  auto sorted = a;
  std::sort(sorted.begin(), sorted.end());
  double d = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double f = 0.5 * std::erfc(-sorted[i] / std::sqrt(2.0));
    d = std::max({d, std::abs(f - double(i) / n), std::abs(f - double(i + 1) / n)});
  }
  s.add("Kolmogorov-Smirnov", 2 * root * d);
  return s;
}

constexpr double five_sigma = 5;
constexpr int sample_size = 1 << 20;

}  // namespace

TEST_CASE_TEMPLATE("normal deviates are normal and independent, and the tests would notice", T,
                   float, double) {
  const RandomStream stream(Seed{2024}, Purpose::base, 1), later(Seed{2024}, Purpose::base, 2);
  std::vector<double> first, second, other_block, other_step;
  for (int i = 0; i < sample_size; ++i) {
    const auto p = normal_pair<T>(stream.words(std::uint64_t(i), 0));
    first.push_back(double(p.first));
    second.push_back(double(p.second));
    other_block.push_back(double(normal_pair<T>(stream.words(std::uint64_t(i), 1)).first));
    other_step.push_back(double(normal_pair<T>(later.words(std::uint64_t(i), 0)).first));
  }
  for (const auto& s : {scores(first, second, other_block), scores(second, first, other_step),
                        scores(other_block, other_step, first)}) {
    CAPTURE(s.where);
    CHECK(s.worst < five_sigma);
  }
  // Power: small faults of the kinds that samplers have had.
  auto broken = [&](auto fault) {
    auto x = first;
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] = fault(x[i], second[i], first[(i + 1) % first.size()]);
    return scores(x, second, other_block).worst;
  };
  CHECK(broken([](double x, double, double) { return 1.005 * x; }) > five_sigma);  // width
  CHECK(broken([](double x, double, double) { return x + 0.007; }) > five_sigma);  // offset
  CHECK(broken([](double x, double y, double) { return x + 0.01 * y; }) >
        five_sigma);  // the pair correlated
  CHECK(broken([](double x, double y, double) { return x * (1 + 0.01 * y * y); }) > five_sigma);
  CHECK(broken([](double x, double, double z) { return x + 0.01 * z; }) >
        five_sigma);  // neighbours correlated
  CHECK(broken([](double x, double, double) { return std::clamp(x, -3.5, 3.5); }) >
        five_sigma);  // tails cut off
}

TEST_CASE("uniform deviates are uniform: chi square of 256 bins") {
  const RandomStream stream(Seed{8}, Purpose::accept, 0);
  for (int which : {0, 1}) {
    std::vector<double> bins(256);
    for (int i = 0; i < sample_size; ++i) {
      const auto p = uniform_pair<double>(stream.words(std::uint64_t(i), 0));
      ++bins[std::size_t(256 * (which ? p.second : p.first))];
    }
    double chi2 = 0;
    for (double b : bins)
      chi2 += (b - sample_size / 256.0) * (b - sample_size / 256.0) / (sample_size / 256.0);
    CHECK(std::abs(chi2 - 255) < five_sigma * std::sqrt(2 * 255.0));
  }
}
