// SPDX-License-Identifier: BSD-3-Clause
//
// write_file_atomically: whoever opens `path`, at any time and after any crash, finds the old file
// or the new one, whole. The bytes go to a new file beside the target, are flushed to the disk, and
// take the target's name by one rename, which never crosses a file system; then the folder is
// flushed.
//
//   write_file_atomically("results/ensemble.npy", {bytes_of(header), bytes_of(data)});
//
// A symbolic link at `path` is followed and stays. What is there and is no regular file (folder,
// pipe, socket, device) is refused. The file gets the permissions of any new file. What a killed
// process left beside `path` (path.part.PID.NUMBER, not locked by anyone; of a long name, its first
// 220 bytes) is removed by the next write of `path`. Errors: std::runtime_error with the path and
// the system's reason (no space, folder missing or not writable, ...). The target is then as it
// was, and the file beside it is removed. POSIX: Linux, macOS, BSD.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <lanes/core/finite_math.hpp>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace lanes {

namespace detail {

[[noreturn]] inline void refuse_file(const char* what, const std::string& path,
                                     const std::string& reason) {
  throw std::runtime_error(std::string("lanes: ") + what + " " + path + ": " + reason);
}

inline std::string system_reason(int error = errno) {
  return std::generic_category().message(error);
}

inline std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

inline const char* not_regular(mode_t mode) {
  return S_ISDIR(mode)    ? "it is a folder and not a regular file"
         : S_ISFIFO(mode) ? "it is a pipe and not a regular file"
         : S_ISSOCK(mode) ? "it is a socket and not a regular file"
         : S_ISCHR(mode)  ? "it is a character device and not a regular file"
         : S_ISBLK(mode)  ? "it is a block device and not a regular file"
                          : "it is not a regular file";
}

/// Where a file written as `path` comes to stand: the links followed, so that the last is not
/// replaced, also one to a file that is not there yet.
inline std::string target_of(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) refuse_file("cannot write", path, not_regular(status.st_mode));
  } else if (errno != ENOENT) {
    refuse_file("cannot write", path, system_reason());
  }
  std::string target = path;
  for (int links = 0; ::lstat(target.c_str(), &status) == 0 && S_ISLNK(status.st_mode); ++links) {
    char text[4096];
    const ssize_t size = ::readlink(target.c_str(), text, sizeof text);
    if (size < 0) refuse_file("cannot write", path, system_reason());
    if (size == sizeof text || links == 40) refuse_file("cannot write", path, system_reason(ELOOP));
    const std::string next(text, static_cast<std::size_t>(size));
    target = next.starts_with('/') ? next : folder_of(target) + "/" + next;
  }
  return target;
}

/// The file of a path, cut where .part.PID.NUMBER would make it longer than names can be (255).
inline std::string start_of_part(const std::string& path) {
  constexpr std::size_t longest = 220;
  std::string file = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  if (file.size() <= longest) return file;
  std::size_t size = longest;  // [bytes], not within a letter of UTF-8
  while (size > 0 && (static_cast<unsigned char>(file[size]) & 0xc0u) == 0x80u) --size;
  return file.substr(0, size);
}

/// Whether `name` is file.part.DIGITS.DIGITS.
inline bool is_part_of(std::string_view file, std::string_view name) {
  constexpr std::string_view part = ".part.", digits = "0123456789";
  if (!name.starts_with(file) || !name.substr(file.size()).starts_with(part)) return false;
  name.remove_prefix(file.size() + part.size());
  const auto dot = name.find('.');
  return dot > 0 && dot < name.size() - 1 && name.find_first_not_of(digits) == dot &&
         name.find_first_not_of(digits, dot + 1) == name.npos;
}

/// Removes the files beside `path` whose writers were killed: those that nobody has locked.
inline void remove_left_overs(const std::string& path) {
  DIR* folder = ::opendir(folder_of(path).c_str());
  if (!folder) return;
  const std::string file = start_of_part(path);
  while (const dirent* entry = ::readdir(folder)) {
    if (!is_part_of(file, entry->d_name)) continue;
    const int at = ::dirfd(folder);
    const int left = ::openat(at, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (left < 0) continue;
    if (::flock(left, LOCK_EX | LOCK_NB) == 0) ::unlinkat(at, entry->d_name, 0);
    ::close(left);
  }
  ::closedir(folder);
}

/// Makes the renaming of a file in `folder` survive a power cut.
inline void flush_folder(const std::string& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;  // a folder may be writable and not readable
  const int flushed = ::fsync(descriptor), error = errno;
  ::close(descriptor);
  if (flushed != 0 && error != EINVAL && error != ENOTSUP) {  // some file systems cannot
    refuse_file("cannot flush", folder, system_reason(error));
  }
}

/// A new file beside `path`, locked while this object lives, and removed unless it was renamed to
/// `path`.
class FileBeside {
 public:
  explicit FileBeside(const std::string& path) : path_(path) {
    static std::atomic<unsigned> count{0};
    const std::string start = path.substr(0, path.rfind('/') + 1) + start_of_part(path);
    do {  // a name may be left over from a process that was killed
      if (descriptor_ >= 0) ::close(descriptor_);
      name_ = start + ".part." + std::to_string(::getpid()) + "." + std::to_string(count++);
      descriptor_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    } while (descriptor_ < 0 ? errno == EEXIST : !lock());
    if (descriptor_ < 0) refuse_file("cannot write", path_, system_reason());
  }
  FileBeside(const FileBeside&) = delete;
  FileBeside& operator=(const FileBeside&) = delete;
  ~FileBeside() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!renamed_) ::unlink(name_.c_str());
  }

  void require_space(std::size_t bytes) const {
    struct statvfs system;
    if (::fstatvfs(descriptor_, &system) != 0 || system.f_blocks == 0) return;  // it does not say
    const auto free = static_cast<unsigned long long>(system.f_bavail) * system.f_frsize;
    if (bytes > free) {
      refuse_file("cannot write", path_,
                  "it needs " + std::to_string(bytes) + " bytes and the file system has " +
                      std::to_string(free) + " left");
    }
  }

  void write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) refuse_file("cannot write", path_, system_reason());
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }

  /// Writing goes on at the first byte.
  void rewind() {
    if (::lseek(descriptor_, 0, SEEK_SET) != 0) refuse_file("cannot write", path_, system_reason());
  }

  /// The file takes its name, and what killed writers left beside it is removed.
  void finish() {
    rename_to_target();
    remove_left_overs(path_);
    flush_folder(folder_of(path_));
  }

 private:
  void rename_to_target() {
    if (::fsync(descriptor_) != 0) refuse_file("cannot write", path_, system_reason());
    if (std::rename(name_.c_str(), path_.c_str()) != 0)
      refuse_file("cannot write", path_, system_reason());
    renamed_ = true;
  }

  /// False if remove_left_overs was faster. Where the file system has no locks, nothing is removed
  /// either.
  bool lock() const {
    struct stat file;
    return ::flock(descriptor_, LOCK_EX) != 0 || ::fstat(descriptor_, &file) != 0 ||
           file.st_nlink > 0;
  }

  std::string path_, name_;
  int descriptor_ = -1;
  bool renamed_ = false;
};

}  // namespace detail

/// The memory of `count` values, to be written as it is.
template <class T>
std::span<const std::byte> bytes_of(const T* data, std::size_t count) {
  return std::as_bytes(std::span<const T>(data, count));
}
inline std::span<const std::byte> bytes_of(const std::string& text) {
  return bytes_of(text.data(), text.size());
}

/// Writes `parts`, one after the other, as the file `path`.
inline void write_file_atomically(const std::string& path,
                                  std::span<const std::span<const std::byte>> parts) {
  std::size_t size = 0;
  for (const auto& part : parts) size += part.size();

  detail::FileBeside file(detail::target_of(path));
  file.require_space(size);
  for (const auto& part : parts) file.write(part);
  file.finish();
}
inline void write_file_atomically(const std::string& path,
                                  std::initializer_list<std::span<const std::byte>> parts) {
  write_file_atomically(path, std::span(parts.begin(), parts.size()));
}

}  // namespace lanes
