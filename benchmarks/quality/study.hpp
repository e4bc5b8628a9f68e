// SPDX-License-Identifier: BSD-3-Clause
//
// What the studies' command lines share: the options that all of them have, and their main.
#pragma once

#include <omp.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

namespace studies {

struct Options {
  std::string output;  // folder
  bool brief = false;
  long steps = 0;  // 0: what the study takes by default
  int batch = 0, threads = 0;
  double rate = 0;
  std::uint64_t seed = 7;
};

inline void add_options(CLI::App& app, Options& o) {
  app.add_option("--output", o.output, "folder for the results")->capture_default_str();
  app.add_flag("--brief", o.brief, "a run of seconds: few steps, small ensembles");
  app.add_option("--steps", o.steps, "optimiser steps")->check(CLI::Range(0L, 100'000'000L));
  app.add_option("--batch", o.batch, "samples a step, a multiple of 32")
      ->check(CLI::Range(32, 1 << 24))
      ->capture_default_str();
  app.add_option("--rate", o.rate, "learning rate")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", o.seed, "of all random numbers")->capture_default_str();
  app.add_option("--threads", o.threads, "0: all cores")
      ->check(CLI::Range(0, 4096))
      ->capture_default_str();
}

/// Ends the program where the command line is wrong, or asks for help.
inline void parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error));
  }
}

/// run(options) with their threads, their folder made; its exit status, or 1 after an error.
template <class StudyOptions, class Run>
int run_study(const char* name, const StudyOptions& options, const Run& run) {
  try {
    std::filesystem::create_directories(options.output);
    if (options.threads > 0) omp_set_num_threads(options.threads);
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", name, error.what());
    return 1;
  }
}

}  // namespace studies
