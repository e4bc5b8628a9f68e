// SPDX-License-Identifier: BSD-3-Clause
//
// Signals in a training: it ends after its step, saves, and the signal goes to whoever would have
// had it: the program as a whole, a handler of the user's, nobody where it was ignored, or the
// caller of train who asked for it. Real signals, in child processes where they end one.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <training/small_model.hpp>
#include <type_traits>

#include <doctest/doctest.h>

using namespace lanes;

namespace {

using Sampler1 = small::Sampler<Single>;

struct Raise {
  int number;
  long step = 3;
  template <class Trainer>
  void operator()(Trainer&, const StepRecord& record) const {
    if (record.step == step) std::raise(number);
  }
};

template <class Signals = RaiseAgain, class Callback>
TrainingResult train_some(Callback&& callback, long steps = 20) {
  Sampler1 sampler{Seed{8}, Cpu{1}};
  return train<Reinforce, Adam, ConstantRate, Signals>(sampler, small::theory(),
                                                       {.steps = steps, .batch = 32}, callback);
}

/// What a child process that runs `task` writes to stderr, and its status.
struct Child {
  std::string output;
  int status = 0;
  template <class Task>
  explicit Child(Task&& task) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t process = ::fork();
    REQUIRE(process >= 0);
    if (process == 0) {
      ::dup2(ends[1], STDERR_FILENO);
      ::close(ends[0]), ::close(ends[1]);
      for (const int number : {SIGINT, SIGTERM, SIGABRT}) std::signal(number, SIG_DFL);
      task();
      ::_exit(7);
    }
    ::close(ends[1]);
    char text[256];
    for (ssize_t n; (n = ::read(ends[0], text, sizeof text)) > 0;)
      output.append(text, std::size_t(n));
    ::close(ends[0]);
    REQUIRE(::waitpid(process, &status, 0) == process);
  }
};

std::atomic<int> seen = 0;
void count_signal(int) { ++seen; }
void count_signal_with_info(int, siginfo_t*, void*) { ++seen; }

struct HandlerOfUser {
  explicit HandlerOfUser(int number) : number_(number), before_(std::signal(number, count_signal)) {
    seen = 0;
  }
  ~HandlerOfUser() { std::signal(number_, before_); }

 private:
  int number_;
  void (*before_)(int);
};

void (*handler_of(int number))(int) {
  struct sigaction now = {};
  ::sigaction(number, nullptr, &now);
  return now.sa_handler;
}

/// Raises, and says on stderr when all is saved.
struct Saved : Raise {
  template <class Trainer>
  void finish(Trainer& trainer) const {
    std::fprintf(stderr, "saved %ld\n", trainer.state().step);
  }
};

}  // namespace

TEST_CASE("a training that a signal has ended ends the program by it, when all is saved") {
  for (const int number : {SIGINT, SIGTERM}) {
    const Child child([&] { train_some(Saved{{number}}); });
    CHECK(WIFSIGNALED(child.status));
    CHECK(WTERMSIG(child.status) == number);
    CHECK(child.output == std::string("saved 4\nlanes: ") +
                              (number == SIGINT ? "SIGINT" : "SIGTERM") +
                              ": training ended after step 4 of 20\n");
  }
}

TEST_CASE("a signal is not lost by an exception, nor in the last step") {
  const Child thrown([] {
    try {
      train_some([](auto&, const StepRecord&) {
        std::raise(SIGTERM);
        throw 1;
      });
    } catch (int) {
    }
  });
  CHECK((WIFSIGNALED(thrown.status) && WTERMSIG(thrown.status) == SIGTERM));
  const Child last([] { train_some(Raise{SIGTERM, 19}); });
  CHECK((WIFSIGNALED(last.status) && WTERMSIG(last.status) == SIGTERM));
}

TEST_CASE("a caller who asks for it gets the result, which cannot be ignored") {
  static_assert(std::is_same_v<ReturnOnSignal::Result, InterruptibleResult>);
  const Child child([] {
    const auto result = train_some<ReturnOnSignal>(Raise{SIGTERM});
    const bool good = result.end == TrainingEnd::interrupted && result.history.loss.size() == 4;
    ::_exit(good && handler_of(SIGTERM) == SIG_DFL ? 0 : 1);
  });
  CHECK((WIFEXITED(child.status) && WEXITSTATUS(child.status) == 0));
  CHECK(child.output == "lanes: SIGTERM: training ended after step 4 of 20\n");
}

TEST_CASE("a handler from before hears of it after the step, and is back") {
  for (const int number : {SIGINT, SIGTERM}) {
    const HandlerOfUser handler(number);
    const auto result = train_some([&](auto&, const StepRecord& record) {
      if (record.step == 3) std::raise(number);
      CHECK(seen == 0);
    });
    CHECK(result.end == TrainingEnd::interrupted);
    CHECK(result.history.loss.size() == 4);
    CHECK(seen == 1);
    CHECK((handler_of(number) == count_signal));
    // A run after an interrupted one is not interrupted.
    CHECK(train_some([](auto&, auto&) {}, 2).end == TrainingEnd::all_steps);
    CHECK(seen == 1);
  }
}

TEST_CASE("a handler with more arguments is back with them") {
  struct sigaction user = {}, before = {}, now = {};
  user.sa_sigaction = count_signal_with_info;
  user.sa_flags = SA_SIGINFO | SA_NODEFER;
  ::sigaction(SIGTERM, &user, &before);
  seen = 0;
  CHECK(train_some(Raise{SIGTERM}).end == TrainingEnd::interrupted);
  CHECK(seen == 1);
  ::sigaction(SIGTERM, nullptr, &now);
  CHECK((now.sa_sigaction == count_signal_with_info));
  CHECK((now.sa_flags & SA_NODEFER) != 0);
  ::sigaction(SIGTERM, &before, nullptr);
}

TEST_CASE("a signal that is ignored stays so; a handler put in place meanwhile stays") {
  const auto before = std::signal(SIGTERM, SIG_IGN);
  CHECK(train_some(Raise{SIGTERM}).end == TrainingEnd::all_steps);
  CHECK((handler_of(SIGTERM) == SIG_IGN));
  std::signal(SIGTERM, SIG_DFL);
  seen = 0;
  train_some([](auto&, const StepRecord& record) {
    if (record.step == 3) std::signal(SIGTERM, count_signal);
    if (record.step == 4) std::raise(SIGTERM);
  });
  CHECK(seen == 1);
  CHECK((handler_of(SIGTERM) == count_signal));
  std::signal(SIGTERM, before);
}

TEST_CASE("two trainings on two threads that overlap: the handler is back after the last") {
  const HandlerOfUser handler(SIGTERM);
  std::atomic<bool> second_runs = false, first_ended = false;
  const auto wait = [](const std::atomic<bool>& flag) {
    while (!flag) std::this_thread::yield();
  };
  for (const bool interrupt : {false, true}) {
    second_runs = first_ended = false, seen = 0;
    TrainingEnd first{}, second{};
    std::thread a([&] {
      first = train_some([&](auto&, const StepRecord& record) {
                if (record.step == 1) wait(second_runs);
                if (interrupt && record.step == 2) std::raise(SIGTERM);
              }).end;
      first_ended = true;
    });
    std::thread b([&] {
      second = train_some([&](auto&, const StepRecord& record) {
                 second_runs = true;
                 if (record.step == 2) {
                   wait(first_ended);
                   CHECK(seen == 0);  // not before all have saved
                 }
               }).end;
    });
    a.join(), b.join();
    CHECK(first == (interrupt ? TrainingEnd::interrupted : TrainingEnd::all_steps));
    CHECK(second == first);
    CHECK(seen == (interrupt ? 1 : 0));
    CHECK((handler_of(SIGTERM) == count_signal));
  }
}

TEST_CASE("guards nest: the last one raises what is owed to any of them") {
  const HandlerOfUser handler(SIGTERM);
  {
    const InterruptGuard outer(InterruptGuard::returns);
    {
      const InterruptGuard inner;
      std::raise(SIGTERM);
      CHECK(InterruptGuard::signal() == SIGTERM);
    }
    CHECK(InterruptGuard::interrupted());
    CHECK(seen == 0);
  }
  CHECK(seen == 1);
  {
    const InterruptGuard alone(InterruptGuard::returns);
    std::raise(SIGTERM);
  }
  CHECK(seen == 1);
}

TEST_CASE("keep_best holds where a signal ends it") {
  const HandlerOfUser handler(SIGTERM);
  Sampler1 sampler{Seed{8}, Cpu{1}};
  using Run = small::Trainer<Reinforce, Single, Momentum>;
  Run trainer(sampler, small::theory(),
              {.steps = 24,
               .batch = 32,
               .optimizer = {.learning_rate = 0.03, .momentum = 0.5},
               .clip_norm = 10,
               .evaluate_every = 2,
               .evaluate_samples = 256,
               .keep_best = true});
  const auto result = run<ReturnOnSignal>(trainer, Raise{SIGTERM, 16});
  CHECK(result.end == TrainingEnd::interrupted);
  REQUIRE(trainer.state().evaluations_since_best > 0);
  CHECK(small::parameters(sampler) == trainer.state().best_parameters);
}
