// SPDX-License-Identifier: BSD-3-Clause
//
// FileReader reads a file front to back and knows from the start how much there is, so that what a
// header promises is checked before anything is allocated.
// Errors: std::runtime_error with the path and the reason; a file that ends early is one, and what
// is no regular file (folder, pipe, socket, device). POSIX: Linux, macOS, BSD.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

#include <lanes/io/atomic_file.hpp>

namespace lanes::detail {

class FileReader {
 public:
  explicit FileReader(const std::string& path) : path_(path) {
    struct stat status;
    if (::stat(path.c_str(), &status) != 0) refuse(system_reason());
    if (!S_ISREG(status.st_mode)) refuse(not_regular(status.st_mode));  // a pipe would wait
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor_ < 0) refuse(system_reason());
    std::string reason;
    if (::fstat(descriptor_, &status) != 0) {
      reason = system_reason();
    } else if (!S_ISREG(status.st_mode)) {
      reason = not_regular(status.st_mode);
    }
    if (!reason.empty()) {
      ::close(descriptor_);
      refuse(reason);
    }
    remaining_ = static_cast<std::size_t>(status.st_size);
  }
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;
  ~FileReader() { ::close(descriptor_); }

  const std::string& path() const { return path_; }
  std::size_t remaining() const { return remaining_; }  // [bytes]

  /// The next `bytes` of the file; `part` names them if the file ends before.
  void read(void* target, std::size_t bytes, const char* part) {
    if (bytes > remaining_) refuse(std::string("the file ends in its ") + part);
    auto* to = static_cast<char*>(target);
    while (bytes > 0) {
      const ssize_t count = ::read(descriptor_, to, bytes);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) refuse(system_reason());
      if (count == 0) refuse(std::string("the file ends in its ") + part);
      to += count;
      bytes -= static_cast<std::size_t>(count);
      remaining_ -= static_cast<std::size_t>(count);
    }
  }

  [[noreturn]] void refuse(const std::string& reason) const {
    refuse_file("cannot read", path_, reason);
  }

 private:
  std::string path_;
  int descriptor_ = -1;
  std::size_t remaining_ = 0;
};

}  // namespace lanes::detail
