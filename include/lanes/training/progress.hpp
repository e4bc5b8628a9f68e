// SPDX-License-Identifier: BSD-3-Clause
//
// The progress of a training run on stderr: one line that is written over on a terminal, a plain
// line every ten seconds and at the end where the output is none (a log file does not fill up).
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <string>

#include <lanes/training/history.hpp>

namespace lanes {

class Progress {
 public:
  explicit Progress(long first_step, long steps)
      : first_(first_step),
        steps_(steps),
        terminal_(isatty(STDERR_FILENO) != 0),
        start_(Clock::now()) {}

  void show(const StepRecord& r) {
    const auto now = Clock::now();
    const bool last = r.step + 1 == steps_;
    const double since = std::chrono::duration<double>(now - shown_).count();
    if (!last && shown_ != Clock::time_point{} && since < (terminal_ ? 0.1 : 10.0)) return;
    shown_ = now;
    const double spent = std::chrono::duration<double>(now - start_).count();
    const double left = spent / double(r.step + 1 - first_) * double(steps_ - r.step - 1);
    std::fprintf(stderr,
                 "%sstep %ld/%ld  loss %.4f(%.4f)  ESS %.4f  acceptance %.3f  time left %s%s",
                 terminal_ ? "\r\033[K" : "", r.step + 1, steps_, r.loss, r.loss_error, r.ess,
                 r.acceptance, clock_text(left).c_str(), terminal_ && !last ? "" : "\n");
    std::fflush(stderr);
  }

  /// Ends a line that is still being written over.
  void close(bool finished) {
    if (terminal_ && !finished) std::fprintf(stderr, "\n");
  }

 private:
  using Clock = std::chrono::steady_clock;

  static std::string clock_text(double seconds) {
    const long s = static_cast<long>(seconds + 0.5);
    char text[32];
    if (s >= 3600)
      std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
      std::snprintf(text, sizeof text, "%ld:%02ld", s / 60, s % 60);
    return text;
  }

  long first_, steps_;
  bool terminal_;
  Clock::time_point start_, shown_{};
};

}  // namespace lanes
