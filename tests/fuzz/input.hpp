// SPDX-License-Identifier: BSD-3-Clause
//
// What the fuzz targets share. A target is a function of bytes: it takes them for a file, reads it,
// and whatever they are, either has it whole or gets the std::runtime_error that names the file.
// Any other exception, and what the sanitizers find, is a finding.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

/// Bytes as a file without a disk.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : descriptor_(::memfd_create("input", 0)) {
    require(descriptor_ >= 0 && ::write(descriptor_, data, size) == ssize_t(size));
  }
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
  ~Input() { ::close(descriptor_); }

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  static void require(bool condition) {
    if (!condition) std::abort();
  }

 private:
  int descriptor_;
};

/// Whether `read` had the file; a refusal is a std::runtime_error that names it.
template <class Read>
bool reads(const Input& input, Read read) {
  try {
    read(input.path());
    return true;
  } catch (const std::runtime_error& error) {
    const std::string reason = error.what();
    Input::require(reason.starts_with("lanes: cannot ") &&
                   reason.find(input.path()) != reason.npos);
    return false;
  }
}

/// A file of this process's own, to write what was read to.
inline const std::string& scratch() {
  static const std::string path = "/tmp/lanes-fuzz-" + std::to_string(::getpid());
  static const int at_exit = std::atexit([] { ::unlink(scratch().c_str()); });
  static_cast<void>(at_exit);
  return path;
}

}  // namespace fuzz
