// SPDX-License-Identifier: BSD-3-Clause
//
// What the lessons share: --brief and --output, and claims that a lesson makes about its own
// results. A false claim ends the program with exit status 1.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <lanes/statistics/estimate.hpp>
#include <lanes/training/stopwatch.hpp>

class Lesson {
 public:
  Lesson(int argc, char** argv) {
    const std::string name = std::filesystem::path(argv[0]).filename().string();
    output_ = "results/" + name;
    for (int i = 1; i < argc; ++i) {
      const std::string option = argv[i];
      if (option == "--brief") {
        brief_ = true;
      } else if (option == "--output" && i + 1 < argc) {
        output_ = argv[++i];
      } else {
        std::fprintf(stderr, "%s: options are --brief and --output FOLDER, not %s\n", name.c_str(),
                     option.c_str());
        std::exit(2);
      }
    }
    std::filesystem::create_directories(output_);
  }

  /// A run of seconds: few steps, small ensembles.
  bool brief() const { return brief_; }
  template <class T>
  T brief_or(T brief, T whole) const {
    return brief_ ? brief : whole;
  }
  /// A file of the folder for results.
  std::string file(const std::string& name) const { return output_ + "/" + name; }

  /// Does a small piece of the work, and says how long all of it takes: so many times as long.
  template <class Piece>
  void forecast(double times, const Piece& piece) const {
    const lanes::Stopwatch watch;
    piece();
    std::printf("This takes about %.0f seconds here.\n", times * watch.seconds());
    std::fflush(stdout);
  }

  void claim(bool holds, const std::string& sentence) {
    if (holds) return;
    std::fprintf(stderr, "FAILED: %s\n", sentence.c_str());
    holds_ = false;
  }
  /// Prints what a law of lanes/testing/ found, and claims that it holds.
  template <class Report>
  void keeps(const std::string& name, const Report& report) {
    std::printf("%-28s%s\n", name.c_str(), to_string(report).c_str());
    claim(report.passed(), name + ": the law holds");
  }
  /// Prints a number beside another one, or beside the exact answer, and claims that they agree
  /// within five standard deviations; of an error that is not to be trusted it claims nothing, but
  /// only a brief run may have one.
  void agree(const std::string& name, const lanes::Estimate& a, const lanes::Estimate& b) {
    compare(name, a, b.value, to_string(b), std::hypot(a.error, b.error), b);
  }
  void agree(const std::string& name, const lanes::Estimate& a, double exact) {
    compare(name, a, exact, lanes::detail::general(exact, 9), a.error, a);
  }
  /// Exit status.
  int end() const { return holds_ ? 0 : 1; }

 private:
  void compare(const std::string& name, const lanes::Estimate& a, double other,
               const std::string& text, double sigma, const lanes::Estimate& b) {
    const bool trusted = a.trusted() && b.trusted();
    std::printf("%-28s%-18s%-18s", name.c_str(), to_string(a).c_str(), text.c_str());
    if (trusted)
      std::printf("%+.1f sigma\n", (a.value - other) / sigma);
    else
      std::printf("not to be trusted: %s\n", to_string((a.trusted() ? b : a).verdict).c_str());
    claim(trusted ? std::abs(a.value - other) <= 5 * sigma : brief_, name + ": they agree");
  }

  std::string output_;
  bool brief_ = false, holds_ = true;
};
