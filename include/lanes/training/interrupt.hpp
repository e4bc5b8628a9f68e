// SPDX-License-Identifier: BSD-3-Clause
//
// While an InterruptGuard lives, SIGINT and SIGTERM do not end the program but make interrupted()
// true; a training loop then ends after its step. The handlers from before come back at the end of
// its scope. Guards nest: the outermost one counts, and interrupted() stays true to its end. One
// thread at a time makes guards.
#pragma once

#include <csignal>

namespace lanes {

namespace detail {
inline volatile std::sig_atomic_t interrupt_seen = 0;
inline int interrupt_guards = 0;
inline void note_interrupt(int) { interrupt_seen = 1; }
}  // namespace detail

class InterruptGuard {
 public:
  InterruptGuard() {
    if (detail::interrupt_guards++ > 0) return;
    detail::interrupt_seen = 0;
    interrupt_ = std::signal(SIGINT, detail::note_interrupt);
    terminate_ = std::signal(SIGTERM, detail::note_interrupt);
  }
  ~InterruptGuard() {
    if (--detail::interrupt_guards > 0) return;
    std::signal(SIGINT, interrupt_);
    std::signal(SIGTERM, terminate_);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  static bool interrupted() { return detail::interrupt_seen != 0; }

 private:
  void (*interrupt_)(int) = SIG_DFL;
  void (*terminate_)(int) = SIG_DFL;
};

}  // namespace lanes
