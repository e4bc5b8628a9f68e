// SPDX-License-Identifier: BSD-3-Clause
//
// JsonLog: a callback of train that writes a line of JSON after each step, at once: a process that
// is killed loses at most that of its last step.
//
//   train<Reinforce>(sampler, theory, options, JsonLog{"run.jsonl"});
//   train_with_checkpoint<Reinforce>(sampler, theory, options, "run.safetensors", 100,
//                                    JsonLog{"run.jsonl"});
//   JsonLog{"run.jsonl", callback}  // calls another one too, whose answer it passes on
//
//   {"step":41,"loss":-12.5,"loss_error":0.25,"ess":0.5,"acceptance":0.625,"gradient_norm":3,
//    "learning_rate":0.001,"seconds":1.5}                                          (as one line)
//
// as StepRecord (training/history.hpp); seconds, of wall-clock that the steps of the log have
// taken; after an evaluation evaluation_ess and evaluation_ess_error. A number that is not finite
// is null.
//
// Steps ascend. The first step of a training, resumed or not, first cuts off the lines of its own
// number and above: a resumed training goes on after its checkpoint's step, without a step twice,
// and another one, which begins at step 0, replaces the log. So does what follows a line that is
// not whole.
//
// Errors: std::runtime_error with the path and the reason: when the object is made, for a file that
// cannot be written, holds something else or is the log of a training that is running; later, for a
// line that cannot be written, of which then nothing is there.
#pragma once

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <lanes/io/atomic_file.hpp>
#include <lanes/training/train.hpp>

namespace lanes {

namespace detail {

inline void add_json_number(std::string& line, const char* name, double value) {
  char text[40];
  line += std::string(",\"") + name + "\":";
  if (std::isfinite(value))
    line.append(text, std::to_chars(text, text + sizeof text, value).ptr);
  else
    line += "null";
}

/// The number after `name` in a line of JSON; NaN where there is none.
inline double json_number(std::string_view line, const std::string& name) {
  double value = std::numeric_limits<double>::quiet_NaN();
  const std::string key = "\"" + name + "\":";
  const auto at = line.find(key);
  if (at != line.npos)
    std::from_chars(line.data() + at + key.size(), line.data() + line.size(), value);
  return value;
}

/// A file of lines {"step":N, ..} with ascending N, this process the only one that writes them.
class StepLines {
 public:
  explicit StepLines(const std::string& path) : path_(path) {
    file_ = ::open(target_of(path).c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file_ < 0) fail();
    std::array<char, start.size()> first;
    const ssize_t size = ::pread(file_, first.data(), first.size(), 0);
    std::string reason;
    if (size < 0)
      reason = system_reason();
    else if (!start.starts_with({first.data(), std::size_t(size)}))
      reason = "it is no log of a training";
    else if (::flock(file_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      reason = "it is the log of a training that is running";
    if (reason.empty()) return;
    ::close(file_);
    refuse_file("cannot write", path_, reason);
  }
  StepLines(StepLines&& other) noexcept
      : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), size_(other.size_) {}
  StepLines& operator=(StepLines&&) = delete;
  ~StepLines() {
    if (file_ >= 0) ::close(file_);
  }

  /// Cuts off the lines from that step on, and what is no line; the last that is left.
  /// To be called before the first append.
  std::string cut(long step) {
    std::string text, last;
    off_t kept = 0, read = 0;
    std::array<char, 1 << 16> part;
    for (ssize_t n; (n = ::pread(file_, part.data(), part.size(), read)) != 0; read += n) {
      if (n < 0) fail();
      text.append(part.data(), std::size_t(n));
      std::size_t begin = 0;
      for (std::size_t end; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
        std::string line = text.substr(begin, end - begin);
        const double number = json_number(line, "step");
        if (!line.starts_with(start) || !line.ends_with('}') || !(number < double(step)))
          return truncate(kept), last;
        kept += off_t(line.size()) + 1;
        last = std::move(line);
      }
      text.erase(0, begin);
    }
    return truncate(kept), last;
  }

  void append(std::string_view line) {
    const off_t end = size_ + off_t(line.size());
    while (!line.empty()) {
      const ssize_t written = ::write(file_, line.data(), line.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        const int error = errno;
        truncate(size_);
        errno = error;
        fail();
      }
      line.remove_prefix(std::size_t(written));
    }
    size_ = end;
  }

 private:
  static constexpr std::string_view start = "{\"step\":";

  void truncate(off_t size) {
    if (::ftruncate(file_, size) != 0) fail();
    size_ = size;
  }
  [[noreturn]] void fail() const { refuse_file("cannot write", path_, system_reason()); }

  std::string path_;
  int file_ = -1;
  off_t size_ = 0;  // since the last cut
};

}  // namespace detail

template <class Callback = NoCallback>
class JsonLog {
 public:
  explicit JsonLog(const std::string& path, Callback also = {})
      : lines_(path), also_(std::move(also)) {}

  template <class Trainer>
  bool operator()(Trainer& trainer, const StepRecord& record) {
    if (record.step != next_) {
      const double before = detail::json_number(lines_.cut(record.step), "seconds");
      seconds_before_ = std::isfinite(before) ? before : 0;
    }
    next_ = record.step + 1;
    lines_.append(line_of(record, trainer.history()));
    return detail::goes_on(also_, trainer, record);
  }
  /// Tells the other callback, which may want to know, of the last step.
  template <class Trainer>
  void finish(Trainer& trainer) {
    if constexpr (FinishingCallback<Callback, Trainer>) also_.finish(trainer);
  }

 private:
  std::string line_of(const StepRecord& record, const History& history) const {
    std::string line = "{\"step\":" + std::to_string(record.step);
    const auto add = [&](const char* name, double v) { detail::add_json_number(line, name, v); };
    add("loss", record.loss);
    add("loss_error", record.loss_error);
    add("ess", record.ess);
    add("acceptance", record.acceptance);
    add("gradient_norm", record.gradient_norm);
    add("learning_rate", record.learning_rate);
    add("seconds", seconds_before_ + record.seconds);
    const auto& evaluated = history.evaluation_step;
    if (!evaluated.empty() && evaluated.back() == double(record.step + 1)) {
      add("evaluation_ess", history.evaluation_ess.back());
      add("evaluation_ess_error", history.evaluation_ess_error.back());
    }
    return line + "}\n";
  }

  detail::StepLines lines_;
  Callback also_;
  double seconds_before_ = 0;
  long next_ = -1;  // the step that goes on where the last line ended
};
JsonLog(std::string)->JsonLog<>;

}  // namespace lanes
