// SPDX-License-Identifier: BSD-3-Clause
//
// ExactIsing against the table, enumeration on small tori (rectangular, odd and antiferromagnetic
// ones, extents of 2), its limits, and large lattices.
#include <cmath>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <lanes/exact/exact_ising.hpp>

#include "support/near.hpp"

using namespace lanes;

namespace {

struct Enumerated {
  double log_z, energy, specific_heat, entropy;
};
Enumerated enumerate(double beta, int m, int n) {
  const int v = m * n;
  double z = 0, e1 = 0, e2 = 0;
  for (int mean = 0; mean < 2; ++mean) {  // second visit: fluctuations around the mean
    const double centre = mean == 0 ? 0 : e1 / z;
    if (mean == 1) z = e2 = 0;
    for (int c = 0; c < 1 << v; ++c) {
      const auto s = [&](int x, int y) { return c >> (x % m * n + y % n) & 1 ? 1 : -1; };
      int e = 0;
      for (int x = 0; x < m; ++x)
        for (int y = 0; y < n; ++y) e -= s(x, y) * (s(x + 1, y) + s(x, y + 1));
      const double w = std::exp(-beta * e - 2 * std::abs(beta) * v);
      z += w;
      if (mean == 0) e1 += w * e;
      e2 += w * (e - centre) * (e - centre);
    }
  }
  const double log_z = std::log(z) + 2 * std::abs(beta) * v;
  return {log_z, e1 / z / v, beta * beta * e2 / z / v, (log_z + beta * e1 / z) / v};
}

}  // namespace

TEST_CASE("ln Z at the tabulated points") {
  std::ifstream file(LANES_TEST_DATA "/exact.json");
  REQUIRE(file.good());
  const auto table = nlohmann::json::parse(file)["ising"];
  REQUIRE(table.size() > 0);
  for (const auto& point : table) {
    const ExactIsing exact(point["beta"], point["L"]);
    const double volume = double(point["L"]) * double(point["L"]);
    CHECK(exact.log_z() == near(point["lnZ"]));
    CHECK(double(point["beta"]) * exact.energy() * volume == near(point["beta_E"]));
  }
  CHECK(ExactIsing(0.44, 128).log_z() == near(15216.85217172416));
}

TEST_CASE("everything by enumeration") {
  for (const auto& [m, n] : {std::pair{2, 2}, {2, 4}, {4, 2}, {3, 3}, {3, 4}, {4, 4}})
    for (double beta : {1e-8, 0.01, 0.3, 0.44068679350977147, 0.6, 2.0, -0.3, -0.7}) {
      if (beta < 0 && (m % 2 == 1 || n % 2 == 1)) continue;
      CAPTURE(m);
      CAPTURE(n);
      CAPTURE(beta);
      const auto e = enumerate(beta, m, n);
      const ExactIsing exact(beta, m, n);
      CHECK(exact.log_z() == near(e.log_z));
      CHECK(exact.energy() == near(e.energy));
      CHECK(std::abs(exact.specific_heat() - e.specific_heat) < Double::agreement);
      CHECK(std::abs(exact.entropy() - e.entropy) < Double::agreement);
    }
}

TEST_CASE("both sides of T_c and both extremes, by Kaufman's formula in 60 digits") {
  // mpmath: ln Z of exact_ising.hpp's formula by products; derivatives by differences of 1e-15 beta
  const struct {
    double beta;
    int m, n;
    double log_z, energy, specific_heat, entropy;
  } table[] = {
      {1e-8, 4, 5, 13.862943611198908, -2.0000000000000004e-8, 2.0000000000000013e-16,
       0.69314718055994521},
      {1e-3, 3, 4, 8.3177781707323638, -0.0020010043416859817, 2.0020130334299569e-6,
       0.69314617989002196},
      {0.2, 512, 64, 24069.105656670652, -0.42822883324034806, 0.097652177588479695,
       0.64888504562825643},
      {0.44068679350977147, 16, 16, 238.64225663513287, -1.4530648528134767, 1.4987049594000266,
       0.29184982423286868},
      {0.7, 512, 64, 46014.223905664697, -1.9637756123337157, 0.15812586382399611,
       0.029599744268764036},
      {2.5, 6, 8, 240.6931472795043, -1.9999999835085249, 8.2462991678280034e-7,
       0.014440609551694109},
      {3.5, 3, 5, 105.69314718057032, -1.9999999999944685, 5.420916729736283e-10,
       0.046209812057381514},
      {10, 64, 64, 81920.69314718056, -2.0, 1.1551048882210657e-31, 0.0001692253858788929}};
  for (const auto& t : table) {
    CAPTURE(t.beta);
    const ExactIsing exact(t.beta, t.m, t.n);
    const auto off = [](double a, double b) { return std::abs(a / b - 1); };
    CHECK(off(exact.log_z(), t.log_z) < 1e-12);
    CHECK(off(exact.energy(), t.energy) < 1e-12);
    CHECK(off(exact.entropy(), t.entropy) < 1e-12);
    CHECK(off(exact.specific_heat(), t.specific_heat) < (t.specific_heat < 1e-4 ? 1e-8 : 1e-10));
  }
}

TEST_CASE("extremes: finite, and ln Z -> V ln 2 and 2 beta V + ln 2") {
  for (const auto& [m, n] : {std::pair{2, 2}, {2, 3}, {3, 3}, {5, 4}, {512, 512}}) {
    const double v = double(m) * n, two = std::log(2.0);
    for (double beta : {0.0, 1e-300, 1e-160, 1e-99, 1e-30, 1e-8}) {
      const ExactIsing hot(beta, m, n);
      CHECK(hot.log_z() == near(v * two));
      CHECK(hot.entropy() == near(two));
      const double bonds =
          (m == 2 ? 2 : 1) + (n == 2 ? 2 : 1);  // squared: parallel ones count twice
      CHECK(std::abs(hot.energy() + bonds * beta) <= 1e-7 * beta);
      CHECK(hot.specific_heat() == doctest::Approx(bonds * beta * beta).epsilon(1e-7));
    }
    for (double beta : {10.0, 100.0, 700.0, 1e5, 1e300}) {
      const ExactIsing cold(beta, m, n);
      CHECK(cold.log_z() == near(2 * v * beta + two));
      CHECK(cold.energy() == near(-2));
      CHECK(cold.entropy() * v == near(two));
      CHECK(cold.specific_heat() >= 0);
      CHECK(cold.specific_heat() < 1e-25);
      if (m % 2 == 0 && n % 2 == 0) CHECK(ExactIsing(-beta, m, n).energy() == near(2));
    }
    // no step where one expression takes over from the other
    for (double beta : {1e-4, 0.44068679350977147, 3.0, 9.0}) {
      const ExactIsing below(beta * (1 - 1e-13), m, n), above(beta * (1 + 1e-13), m, n);
      CHECK(below.log_z() == near(above.log_z()));
      CHECK(below.energy() == near(above.energy()));
      CHECK(below.entropy() == near(above.entropy()));
      CHECK(std::abs(below.specific_heat() - above.specific_heat()) <
            1e-8 * above.specific_heat() + 1e-15);
    }
  }
}

TEST_CASE("limits; large lattices neither overflow nor lose the infinite volume") {
  CHECK(ExactIsing(0, 512).log_z() == near(512 * 512 * std::log(2.0)));
  CHECK(ExactIsing(0, 8).energy() == 0);
  CHECK(ExactIsing(1e-200, 8).entropy() == near(std::log(2.0)));
  CHECK(ExactIsing(30, 2048).energy() == near(-2));
  CHECK(std::abs(ExactIsing(30, 2048).specific_heat()) < Double::agreement);
  CHECK(ExactIsing(30, 64).entropy() * 64 * 64 ==
        doctest::Approx(std::log(2.0)).epsilon(Double::gradient));  // two ground states
  // Onsager: at the critical point <e> = -sqrt 2 up to O(1/L), f as given by Catalan's constant
  const double critical = std::log(1 + std::sqrt(2.0)) / 2, catalan = 0.915965594177219;
  CHECK(ExactIsing(critical, 512).energy() == doctest::Approx(-std::sqrt(2.0)).epsilon(1e-3));
  CHECK(ExactIsing(critical, 512).log_z() / 512 / 512 ==
        doctest::Approx(std::log(2.0) / 2 + 2 * catalan / 3.14159265358979).epsilon(1e-5));
  for (double beta : {0.1, 0.44, 0.45, 1.0})
    CHECK(ExactIsing(beta, 1024).entropy() <= std::log(2.0));
}

TEST_CASE("what has no answer is refused") {
  CHECK_THROWS_WITH_AS(ExactIsing(NAN, 8), "lanes: ExactIsing: beta is nan (allowed: finite)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ExactIsing(INFINITY, 8), "lanes: ExactIsing: beta is inf (allowed: finite)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ExactIsing(0.4, 1), "lanes: ExactIsing: an extent is 1 (allowed: >= 2)",
                       std::invalid_argument);
  CHECK_THROWS_WITH_AS(ExactIsing(-0.4, 3, 4),
                       "lanes: ExactIsing: beta is -0.4 (allowed: >= 0 where an extent is odd)",
                       std::invalid_argument);
}
