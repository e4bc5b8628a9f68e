// SPDX-License-Identifier: BSD-3-Clause
//
// The progress of a training run on stderr: one line that is written over on a terminal; where the
// output is none, plain lines ever more rarely and one at the end: a log file does not fill up.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>
#include <system_error>

#include <lanes/core/error.hpp>
#include <lanes/training/history.hpp>

namespace lanes {

namespace detail {
inline bool stderr_is_terminal() { return isatty(STDERR_FILENO) != 0; }
}  // namespace detail

/// Writes it.
class Progress {
 public:
  /// seconds: those that training may take; 0 or less: any
  explicit Progress(long first_step, long steps, double seconds = 0)
      : first_(first_step),
        steps_(steps),
        seconds_(seconds),
        terminal_(detail::stderr_is_terminal()) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// last: no step comes after it
  void show(const StepRecord& r, bool last) {
    const double spent = r.seconds;
    if (!last && spent < next_) return;
    // Lines of a log: every ten seconds at first, then each time that has grown by a tenth.
    next_ = spent + (terminal_ ? 0.1 : std::max(10.0, spent / 10));
    double left = spent / double(r.step + 1 - first_) * double(steps_ - r.step - 1);
    if (seconds_ > 0) left = std::clamp(seconds_ - spent, 0.0, left);
    const bool drawn = !std::isnan(r.ess);
    std::string line = "step " + std::to_string(r.step + 1) + "/" + std::to_string(steps_) +
                       (drawn ? "  loss " : "  forward loss ") + fixed(r.loss, 4) + "(" +
                       fixed(r.loss_error, 4) + ")";
    if (drawn) line += "  ESS " + fixed(r.ess, 4) + "  acceptance " + fixed(r.acceptance, 3);
    line += "  time " + clock_text(spent) + ", left " + clock_text(last ? 0 : left);
    // The cursor waits at the start of the line, for whatever else is printed; ?7l: no second line.
    const char* form = !terminal_ ? "%s\n" : "\033[?7l\033[K%s\033[?7h\r";
    std::fprintf(stderr, form, line.c_str());
    std::fflush(stderr);
    open_ = terminal_;
  }

  /// Leaves the last line as it is.
  void close() {
    if (open_) std::fputc('\n', stderr);
    open_ = false;
  }
  ~Progress() { close(); }

 private:
  static std::string fixed(double value, int digits) {
    char text[40];
    const auto end =
        std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, digits);
    return end.ec == std::errc{} ? std::string(text, end.ptr) : detail::to_text(value);
  }
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
  double seconds_, next_ = 0;
  bool terminal_, open_ = false;
};

}  // namespace lanes
