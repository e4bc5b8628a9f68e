// SPDX-License-Identifier: BSD-3-Clause
//
// While an InterruptGuard lives, SIGINT and SIGTERM do not end the program but make interrupted()
// true; a training then ends after its step. The end of the guard raises the signal again, for
// whoever would have had it, unless the guard was made with `returns`: its owner deals with the
// signal.
//
// A signal that was ignored before (nohup) stays so. Guards may nest and live on several threads:
// the first takes the handlers, the last puts back those from before and raises the signal if it is
// owed to any of them. A handler that somebody else has put in place meanwhile stays.
#pragma once

#include <array>
#include <atomic>
#include <csignal>
#include <mutex>

#include <lanes/core/finite_math.hpp>

namespace lanes {

namespace detail {

struct Interrupts {
  static constexpr std::array<int, 2> signals = {SIGINT, SIGTERM};
  static_assert(std::atomic<int>::is_always_lock_free);

  std::mutex mutex;
  int guards = 0;
  bool owed = false;
  std::atomic<int> seen = 0;  // the first signal that came, 0: none
  std::array<struct sigaction, 2> before = {};
};
inline Interrupts interrupts;

inline void note_interrupt(int number) {
  int none = 0;
  interrupts.seen.compare_exchange_strong(none, number);
}

}  // namespace detail

class InterruptGuard {
 public:
  /// What the end of a guard does with a signal.
  enum Kind { raises_again, returns };

  explicit InterruptGuard(Kind kind = raises_again) : kind_(kind) {
    auto& all = detail::interrupts;
    const std::lock_guard lock(all.mutex);
    if (all.guards++ > 0) return;
    all.owed = false;
    all.seen = 0;
    for (std::size_t i = 0; i < all.signals.size(); ++i) {
      ::sigaction(all.signals[i], nullptr, &all.before[i]);
      if (handler_of(all.before[i]) == SIG_IGN) continue;
      struct sigaction ours = {};
      ours.sa_handler = detail::note_interrupt;
      ours.sa_flags = SA_RESTART;
      ::sigemptyset(&ours.sa_mask);
      ::sigaction(all.signals[i], &ours, nullptr);
    }
  }
  ~InterruptGuard() {
    auto& all = detail::interrupts;
    int raised = 0;
    {
      const std::lock_guard lock(all.mutex);
      if (all.seen != 0 && kind_ == raises_again) all.owed = true;
      if (--all.guards > 0) return;
      for (std::size_t i = 0; i < all.signals.size(); ++i) {
        struct sigaction now = {};
        ::sigaction(all.signals[i], nullptr, &now);
        if (handler_of(now) == detail::note_interrupt)
          ::sigaction(all.signals[i], &all.before[i], nullptr);
      }
      if (all.owed) raised = all.seen;
    }
    if (raised != 0) std::raise(raised);
  }
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  /// The signal that came while there were guards; 0: none.
  static int signal() { return detail::interrupts.seen; }
  static bool interrupted() { return signal() != 0; }

 private:
  using Handler = void (*)(int);
  static Handler handler_of(const struct sigaction& action) {
    return action.sa_flags & SA_SIGINFO ? nullptr : action.sa_handler;
  }

  Kind kind_;
};

}  // namespace lanes
