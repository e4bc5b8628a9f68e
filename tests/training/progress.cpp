// SPDX-License-Identifier: BSD-3-Clause
//
// Progress: on by default where stderr is a terminal, one line there; a log file gets nothing
// unasked, and little where it is asked for.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <training/small_model.hpp>

#include <doctest/doctest.h>

using namespace lanes;

namespace {

/// What action writes to stderr, a terminal or a file without a name.
template <class Action>
std::string stderr_of(bool terminal, Action&& action) {
  int write_end, read_end, ends[2];
  if (terminal) {
    read_end = ::posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(read_end >= 0);
    REQUIRE((::grantpt(read_end) == 0 && ::unlockpt(read_end) == 0));
    write_end = ::open(::ptsname(read_end), O_RDWR | O_NOCTTY);
    REQUIRE(write_end >= 0);
  } else {
    REQUIRE(::pipe(ends) == 0);
    read_end = ends[0], write_end = ends[1];
  }
  const int before = ::dup(STDERR_FILENO);
  ::dup2(write_end, STDERR_FILENO);
  action();
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  ::fcntl(read_end, F_SETFL, O_NONBLOCK);
  std::string text;
  char part[4096];
  for (ssize_t n; (n = ::read(read_end, part, sizeof part)) > 0;) text.append(part, std::size_t(n));
  ::close(write_end), ::close(read_end);
  return text;
}

auto lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

void train_some() {
  small::Sampler<Single> sampler{Seed{8}, Cpu{1}};
  train<Reinforce>(sampler, small::theory(), {.steps = 40, .batch = 32});
}

}  // namespace

TEST_CASE(
    "unasked: one line on a terminal, nothing elsewhere; NaN of a forward loss is not shown") {
  const std::string shown = stderr_of(true, train_some);
  CHECK(lines(shown) == 1);
  CHECK(shown.find("step 40/40  loss ") != std::string::npos);
  CHECK(shown.find("  ESS 0.") != std::string::npos);
  CHECK(stderr_of(false, train_some).empty());
  CHECK(stderr_of(true, [] {
          small::Sampler<Single> sampler{Seed{8}, Cpu{1}};
          train<Reinforce>(sampler, small::theory(), {.steps = 4, .batch = 32, .progress = false});
        }).empty());
  const std::string forward = stderr_of(true, [] {
    small::Sampler<Single> sampler{Seed{8}, Cpu{1}};
    train(small::make_estimator<small::Data>(), sampler, small::theory(), {.steps = 4});
  });
  CHECK(forward.find("  forward loss ") != std::string::npos);
  CHECK(forward.find("ESS") == std::string::npos);
}

TEST_CASE("asked for: two lines of a short training, the first and the last") {
  const std::string log = stderr_of(false, [] {
    small::Sampler<Single> sampler{Seed{8}, Cpu{1}};
    train<Reinforce>(sampler, small::theory(), {.steps = 40, .batch = 32, .progress = true});
  });
  CHECK(lines(log) == 2);
  CHECK(log.starts_with("step 1/40  loss "));
  CHECK(log.find('\033') == std::string::npos);
  CHECK(log.find('\r') == std::string::npos);
}

TEST_CASE("the time that is left is that of the limit; a training that ends before it says why") {
  const auto limited = [] {
    small::Sampler<Single> sampler{Seed{8}, Cpu{1}};
    train<Reinforce>(sampler, small::theory(),
                     {.steps = 1'000'000'000, .batch = 32, .seconds = 0.02, .progress = true});
  };
  const std::string shown = stderr_of(true, limited);
  CHECK(lines(shown) == 2);
  CHECK(shown.find("/1000000000  loss ") != std::string::npos);
  CHECK(shown.find("  time 0:00, left 0:00") != std::string::npos);
  CHECK(shown.find("lanes: training ended after step ") != std::string::npos);
  CHECK(shown.find(" of 1000000000: out of time") != std::string::npos);
}

TEST_CASE("an exception leaves the line and starts another") {
  const std::string shown = stderr_of(true, [] {
    small::Sampler<Single> sampler{Seed{8}, Cpu{1}};
    const auto stop = [](auto&, const StepRecord&) { throw std::runtime_error("stop"); };
    CHECK_THROWS_AS(train<Reinforce>(sampler, small::theory(), {.steps = 9, .batch = 32}, stop),
                    std::runtime_error);
  });
  CHECK(lines(shown) == 1);
  CHECK(shown.back() == '\n');
}
