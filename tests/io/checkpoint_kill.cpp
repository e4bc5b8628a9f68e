// SPDX-License-Identifier: BSD-3-Clause
//
// A training run in a process of its own that is killed at random moments, and resumed, ends with
// the checkpoint of the run that was left alone, byte for byte. SIGTERM and SIGINT save and leave.
#define DOCTEST_CONFIG_IMPLEMENT
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <training/small_model.hpp>

#include <doctest/doctest.h>

#include <lanes/io/checkpoint.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

namespace {

constexpr int left_when_interrupted = 3;

/// The child: trains `steps` steps with a checkpoint every `every`.
int child(const std::string& path, long steps, long every) {
  small::Sampler<Single> sampler{Seed{5}, Cpu{2}};
  const TrainingResult result = train_with_checkpoint<Reinforce, Adam, CosineRate, ReturnOnSignal>(
      sampler, small::theory(),
      {.steps = steps,
       .batch = 64,
       .annealing_steps = steps / 2,
       .evaluate_every = 50,
       .evaluate_samples = 64},
      path, every);
  return result.end == TrainingEnd::interrupted ? left_when_interrupted : 0;
}

pid_t start(const std::string& path, long steps, long every) {
  const std::string numbers[] = {std::to_string(steps), std::to_string(every)};
  const char* arguments[] = {
      "child", "--child", path.c_str(), numbers[0].c_str(), numbers[1].c_str(), nullptr};
  pid_t process = -1;
  REQUIRE(::posix_spawn(&process, "/proc/self/exe", nullptr, nullptr, const_cast<char**>(arguments),
                        environ) == 0);
  return process;
}

int wait_for(pid_t process) {
  int status = -1;
  REQUIRE(::waitpid(process, &status, 0) == process);
  return status;
}

std::string uninterrupted(const std::string& path, long steps, long every) {
  const int status = wait_for(start(path, steps, every));
  REQUIRE(WIFEXITED(status));
  REQUIRE(WEXITSTATUS(status) == 0);
  return read_bytes(path);
}

long saved_step(const std::string& path) {
  if (::access(path.c_str(), F_OK) != 0) return -1;
  return std::stol(load_safetensors(path).text("step"));
}

}  // namespace

TEST_CASE("a run killed at random moments and resumed is the uninterrupted run") {
  const TemporaryFolder folder;
  const long steps = 300, every = 1;
  const std::string reference = uninterrupted(folder / "reference", steps, every),
                    path = folder / "run";

  // Kills fall from the start of a process to some saves after its first.
  const auto begin = std::chrono::steady_clock::now();
  const pid_t first = start(path, steps, every);
  while (saved_step(path) < 0) ::usleep(200);
  const double startup =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count();
  ::kill(first, SIGKILL);
  wait_for(first);
  std::mt19937 random(17);
  std::uniform_int_distribution<int> delay(
      0, static_cast<int>(2 * startup) + 30'000);  // [microseconds]
  int kills = 0, resumed = 0, complete = 0;
  for (int tries = 0; (kills < 60 || complete == 0) && tries < 400; ++tries) {
    const long before = saved_step(path);
    const pid_t process = start(path, steps, every);
    if (kills < 60) {
      ::usleep(static_cast<useconds_t>(delay(random)));
      ::kill(process, SIGKILL);
    }
    const int status = wait_for(process);
    const long after = saved_step(path);  // throws if the file is damaged
    CHECK(after >= before);
    if (WIFSIGNALED(status)) {
      ++kills;
      resumed += before > 0 && after > before;
      continue;
    }
    REQUIRE(WEXITSTATUS(status) == 0);
    CHECK(read_bytes(path) == reference);
    ::unlink(path.c_str());
    ++complete;
  }
  MESSAGE(kills, " kills, ", resumed, " of resumed runs that had moved on, ", complete,
          " complete runs, ", folder.count() - 1, " files left behind while being written");
  CHECK(uninterrupted(path, steps, every) == reference);
  CHECK(folder.count() == 2);  // the next write has removed them
  CHECK(kills >= 50);
  CHECK(resumed >= 10);
  CHECK(complete >= 1);
}

TEST_CASE("SIGTERM and SIGINT save and leave, and the run goes on from there") {
  const TemporaryFolder folder;
  const long steps = 3000, every = 1000'000;
  const std::string reference = uninterrupted(folder / "reference", steps, every);
  int interrupted = 0;
  long furthest = 0;
  for (const int signal : {SIGTERM, SIGINT, SIGTERM, SIGINT}) {
    const std::string path = folder / "run";
    const pid_t process = start(path, steps, every);
    while (::access(path.c_str(), F_OK) != 0) ::usleep(200);  // saved once before the first step
    ::usleep(static_cast<useconds_t>(2000 * interrupted));
    ::kill(process, signal);
    const int status = wait_for(process);
    REQUIRE_MESSAGE(WIFEXITED(status), "ended by the signal");
    if (WEXITSTATUS(status) == left_when_interrupted) {
      const long step = saved_step(path);
      CHECK(step >= 0);  // 0: before the first step
      CHECK(step <= steps);
      furthest = std::max(furthest, step);
      ++interrupted;
      const int end = wait_for(start(path, steps, every));
      CHECK((WIFEXITED(end) && WEXITSTATUS(end) == 0));
    }
    CHECK(read_bytes(path) == reference);
    ::unlink(path.c_str());
  }
  CHECK(interrupted >= 1);
  CHECK(furthest > 0);
  CHECK(folder.count() == 1);
}

int main(int count, char** arguments) {
  if (count == 5 && std::strcmp(arguments[1], "--child") == 0)
    return child(arguments[2], std::atol(arguments[3]), std::atol(arguments[4]));
  return doctest::Context(count, arguments).run();
}
