// SPDX-License-Identifier: BSD-3-Clause
//
// A log of lines of JSON: what stands in it, that resumed trainings have each step once, and that
// nothing else is written over.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <limits>
#include <sstream>
#include <string>
#include <training/small_model.hpp>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <lanes/io/checkpoint.hpp>
#include <lanes/io/json_log.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

namespace {

using Json = nlohmann::json;

std::vector<Json> lines_of(const std::string& path) {
  const std::string text = read_bytes(path);
  CHECK((text.empty() || text.ends_with('\n')));
  std::vector<Json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(Json::parse(line));
  return lines;
}

/// The log has each step of the history once, with its numbers, and time goes on.
void check_log(const std::string& path, const History& history) {
  const auto lines = lines_of(path);
  REQUIRE(lines.size() == history.loss.size());
  double before = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CHECK(lines[i]["step"] == i);
    CHECK(lines[i]["loss"] == history.loss[i]);
    CHECK(lines[i]["ess"] == history.ess[i]);
    CHECK(lines[i]["gradient_norm"] == history.gradient_norm[i]);
    CHECK(lines[i]["seconds"] >= before);
    before = lines[i]["seconds"];
  }
}

struct FakeTrainer {
  History history_;
  const History& history() const { return history_; }
};

const TrainOptions<> options{.steps = 10, .batch = 32};

TrainingResult train_logged(const std::string& checkpoint, const std::string& log, long stop = -1) {
  small::Sampler<Single> sampler{Seed{3}, Cpu{1}};
  const auto callback = [&](auto&, const StepRecord& record) {
    if (record.step == stop) throw std::runtime_error("killed");
  };
  return train_with_checkpoint<Reinforce>(sampler, small::theory(), options, checkpoint, 4,
                                          JsonLog{log, callback});
}

}  // namespace

TEST_CASE("a line by hand, and null for what is not finite") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.jsonl";
  FakeTrainer trainer;
  int calls = 0;
  JsonLog log{path, [&](auto&, const StepRecord&) { return ++calls < 2; }};
  CHECK(read_bytes(path).empty());
  StepRecord record{0, -12.5, 0.25, 0.5, 0.625, 3, 0.001, 1.5};
  CHECK(log(trainer, record));
  CHECK(read_bytes(path) ==
        "{\"step\":0,\"loss\":-12.5,\"loss_error\":0.25,\"ess\":0.5,\"acceptance\":0.625,"
        "\"gradient_norm\":3,\"learning_rate\":0.001,\"seconds\":1.5}\n");
  record = {1, INFINITY, -INFINITY, NAN, NAN, 1e-300, 0.1, 2};
  trainer.history_.evaluation_step = {2};
  trainer.history_.evaluation_ess = {0.75};
  trainer.history_.evaluation_ess_error = {INFINITY};
  CHECK_FALSE(log(trainer, record));  // the other callback's answer
  const Json line = lines_of(path)[1];
  for (const char* name : {"loss", "loss_error", "ess", "acceptance", "evaluation_ess_error"})
    CHECK(line.at(name).is_null());
  CHECK(line.at("gradient_norm") == 1e-300);
  CHECK(line.at("learning_rate") == 0.1);
  CHECK(line.at("evaluation_ess") == 0.75);
}

TEST_CASE("a log is there while training runs, and has each step once however it is resumed") {
  const TemporaryFolder folder;
  const std::string run = folder / "run.safetensors", log = folder / "run.jsonl";
  CHECK(message_of([&] { train_logged(run, log, 6); }) == "killed");
  CHECK(lines_of(log).size() == 7);  // the checkpoint is of 4 steps
  // Killed within a line; and lines that go on to a higher step than the next run will reach.
  write_bytes(log, read_bytes(log) + "{\"step\":7,\"lo");
  CHECK(message_of([&] { train_logged(run, log, 4); }) == "killed");
  CHECK(lines_of(log).size() == 5);
  check_log(log, train_logged(run, log).history);
  const std::string whole = read_bytes(log);
  train_logged(run, log);  // has ended: no step, nothing to write
  CHECK(read_bytes(log) == whole);

  ::unlink(run.c_str());  // another training, from the start
  check_log(log, train_logged(run, log).history);
}

TEST_CASE("seconds go on after those of the last line that is kept; long files are cut as well") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.jsonl";
  FakeTrainer trainer;
  {
    JsonLog log{path};
    for (long step = 0; step < 2000; ++step) log(trainer, {.step = step, .seconds = double(step)});
  }
  REQUIRE(read_bytes(path).size() > 3 * (1 << 16));
  JsonLog log{path};
  log(trainer, {.step = 1500, .seconds = 0.5});
  log(trainer, {.step = 1501, .seconds = 1});
  const auto lines = lines_of(path);
  REQUIRE(lines.size() == 1502);
  for (std::size_t i = 0; i < lines.size(); ++i) CHECK(lines[i]["step"] == i);
  CHECK(lines[1499]["seconds"] == 1499);
  CHECK(lines[1500]["seconds"] == 1499.5);
  CHECK(lines[1501]["seconds"] == 1500);

  log(trainer, {.step = 0, .seconds = 0.25});  // the same object for another training
  CHECK(lines_of(path).size() == 1);
  CHECK(lines_of(path)[0]["seconds"] == 0.25);
}

TEST_CASE("forward training: an ESS that a batch does not have is null, an evaluation's is there") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.jsonl";
  small::Sampler<Single> sampler{Seed{3}, Cpu{1}};
  train(small::make_estimator<small::Data>(), sampler, small::theory(),
        {.steps = 4, .batch = 32, .evaluate_every = 2, .evaluate_samples = 64}, JsonLog{path});
  const auto lines = lines_of(path);
  REQUIRE(lines.size() == 4);
  for (const Json& line : lines) CHECK(line.at("ess").is_null());
  CHECK_FALSE(lines[0].contains("evaluation_ess"));
  CHECK(lines[1]["evaluation_ess"] > 0);
  CHECK_FALSE(lines[2].contains("evaluation_ess"));
  CHECK(lines[3].contains("evaluation_ess_error"));
}

TEST_CASE("what cannot be written is refused by name before training starts, and kept") {
  const TemporaryFolder folder;
  const auto refusal = [](const std::string& path) { return message_of([&] { JsonLog{path}; }); };
  const std::string none = folder / "none/run.jsonl", other = folder / "other";
  CHECK(refusal(none) == "lanes: cannot write " + none + ": No such file or directory");
  CHECK(refusal(folder / "") ==
        "lanes: cannot write " + folder / "" + ": it is a folder and not a regular file");
  for (const std::string content : {"x", "[\"step\":0]\n", "{\"steps\":0}\n"}) {
    write_bytes(other, content);
    CHECK(refusal(other) == "lanes: cannot write " + other + ": it is no log of a training");
    CHECK(read_bytes(other) == content);
  }
  write_bytes(other, "{\"st");  // of a process killed in its first line
  CHECK(refusal(other).empty());

  const std::string path = folder / "run.jsonl";
  JsonLog log{path};
  CHECK(refusal(path) ==
        "lanes: cannot write " + path + ": it is the log of a training that is running");
  const JsonLog moved = std::move(log);
  CHECK_FALSE(refusal(path).empty());
}

TEST_CASE("a line that does not fit on the disk is not half there") {
  const TemporaryFolder folder;
  const std::string path = folder / "run.jsonl";
  FakeTrainer trainer;
  JsonLog log{path};
  log(trainer, {.step = 0});
  const std::string before = read_bytes(path);
  rlimit limit, small;
  ::getrlimit(RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = before.size() + 10;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = message_of([&] { log(trainer, {.step = 1}); });
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, handler);
  CHECK(message == "lanes: cannot write " + path + ": File too large");
  CHECK(read_bytes(path) == before);
}
