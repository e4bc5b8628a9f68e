// SPDX-License-Identifier: BSD-3-Clause
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include <lanes/io/atomic_file.hpp>
#include <support/temporary_folder.hpp>

using lanes::bytes_of;
using lanes::write_file_atomically;

TEST_CASE("the parts are written one after the other and nothing else is left in the folder") {
  const TemporaryFolder folder;
  const std::string head = "head ", tail = "tail";
  write_file_atomically(folder / "file", {bytes_of(head), {}, bytes_of(tail)});
  CHECK(read_bytes(folder / "file") == "head tail");
  CHECK(folder.count() == 1);
}

TEST_CASE("a file that is there is replaced, by a shorter one too") {
  const TemporaryFolder folder;
  const std::string shorter = "new";
  write_bytes(folder / "file", "the old content");
  write_file_atomically(folder / "file", {bytes_of(shorter)});
  CHECK(read_bytes(folder / "file") == "new");
  CHECK(folder.count() == 1);
}

TEST_CASE("a reader that holds the old file keeps reading the old file") {
  const TemporaryFolder folder;
  const std::string text = "new";
  write_bytes(folder / "file", "old");
  std::ifstream held(folder / "file");
  write_file_atomically(folder / "file", {bytes_of(text)});
  std::string word;
  held >> word;
  CHECK(word == "old");
}

TEST_CASE("a refusal names the path and the reason") {
  const TemporaryFolder folder;
  const std::string text = "text";
  const auto refusal = [&](const std::string& path) {
    return message_of([&] { write_file_atomically(path, {bytes_of(text)}); });
  };
  write_bytes(folder / "plain", "");

  CHECK(refusal(folder / "none/file") ==
        "lanes: cannot write " + (folder / "none/file") + ": No such file or directory");
  CHECK(refusal(folder / "plain/file") ==
        "lanes: cannot write " + (folder / "plain/file") + ": Not a directory");
  CHECK(refusal("/proc/file").starts_with("lanes: cannot write /proc/file: "));
  CHECK(refusal("").starts_with("lanes: cannot write : "));
}

TEST_CASE("a write that fails at its last step leaves neither target nor part") {
  const TemporaryFolder folder;
  const std::string text = "text";
  std::filesystem::create_directories(folder / "target/inside");  // a file cannot take its name
  CHECK_THROWS_AS(write_file_atomically(folder / "target", {bytes_of(text)}), std::runtime_error);
  CHECK(std::filesystem::is_directory(folder / "target/inside"));
  CHECK(folder.count() == 1);
}

TEST_CASE("a write that fails half way leaves the old file and no part") {
  const TemporaryFolder folder;
  write_bytes(folder / "file", "old");
  const std::string much(100'000, 'x');

  rlimit before;
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{1000, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const std::string message =
      message_of([&] { write_file_atomically(folder / "file", {bytes_of(much)}); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);

  CHECK(message == "lanes: cannot write " + (folder / "file") + ": File too large");
  CHECK(read_bytes(folder / "file") == "old");
  CHECK(folder.count() == 1);
}

TEST_CASE("what killed writers left is removed by the next write, and nothing else") {
  const TemporaryFolder folder;
  const std::string text = "text";
  for (const char* left : {"file.part.12345.0", "file.part.1.17"}) write_bytes(folder / left, "");
  const int stale = folder.count();
  for (const char* other : {"other.part.1.0", "file.part.1", "file.part.1.", "file.part..1",
                            "file.part.1.x", "file.part.1.2.3", "file.partial", "file"})
    write_bytes(folder / other, "");
  const int before = folder.count();
  {
    const lanes::detail::FileBeside writing(folder / "file");  // another writer, who is alive
    write_file_atomically(folder / "file", {bytes_of(text)});
    CHECK(folder.count() == before + 1 - stale);
  }
  CHECK(folder.count() == before - stale);
  CHECK(read_bytes(folder / "file") == "text");
}

TEST_CASE("a file larger than the disk is refused before it is written") {
  const TemporaryFolder folder;
  const lanes::detail::FileBeside file(folder / "file");
  const std::string message = message_of([&] { file.require_space(std::size_t(1) << 62); });
  CHECK(message.starts_with("lanes: cannot write " + (folder / "file") + ": it needs "));
  CHECK_NOTHROW(file.require_space(1));
}

TEST_CASE("what is no regular file is never replaced, links are followed and stay") {
  const TemporaryFolder folder;
  const std::string text = "text";
  const auto write = [&](const std::string& path) {
    return message_of([&] { write_file_atomically(path, {bytes_of(text)}); });
  };
  namespace fs = std::filesystem;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  fs::create_directory(folder / "folder");
  fs::create_symlink("pipe", folder / "to_pipe");
  fs::create_symlink("/dev/null", folder / "to_null");
  fs::create_symlink("loop", folder / "loop");
  const int before = folder.count();
  for (const char* name : {"pipe", "folder", "to_pipe", "to_null", "loop"})
    CHECK_MESSAGE(write(folder / name).starts_with("lanes: cannot write " + (folder / name) + ": "),
                  name);
  CHECK(write("/dev/null") ==
        "lanes: cannot write /dev/null: it is a character device and not a regular file");
  CHECK(fs::is_fifo(folder / "pipe"));
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(fs::is_symlink(folder / "to_pipe"));

  fs::create_directory(folder / "far");
  write_bytes(folder / "far/file", "old");
  fs::create_symlink("far/file", folder / "link");
  fs::create_symlink("link", folder / "link_to_link");
  fs::create_symlink("far/new", folder / "to_new");
  CHECK(write(folder / "link_to_link") == "");
  CHECK(write(folder / "to_new") == "");
  CHECK(read_bytes(folder / "far/file") == "text");
  CHECK(read_bytes(folder / "far/new") == "text");
  for (const char* name : {"link", "link_to_link", "to_new"}) CHECK(fs::is_symlink(folder / name));
  CHECK(folder.count() == before + 4);
}

TEST_CASE("names as long as the system has them, and their parts") {
  const TemporaryFolder folder;
  const std::string text = "text", umlaut = "\xc3\xbc";
  for (const std::size_t size : {219, 220, 221, 243, 255}) {
    const std::string path = folder / std::string(size, 'a');
    write_bytes(folder / (lanes::detail::start_of_part(path) + ".part.12345.0"), "");
    write_file_atomically(path, {bytes_of(text)});
    CHECK(read_bytes(path) == "text");
  }
  CHECK(folder.count() == 5);
  std::string letters;
  while (letters.size() < 254) letters += umlaut;
  CHECK(lanes::detail::start_of_part("/a/" + letters.substr(0, 253) + "x").size() == 220);
  CHECK(lanes::detail::start_of_part("x" + letters).size() == 219);
  CHECK(message_of([&] {
          write_file_atomically(folder / std::string(256, 'a'), {bytes_of(text)});
        }).ends_with(": File name too long"));
}

TEST_CASE("a path without a folder is in the working folder") {
  CHECK(lanes::detail::folder_of("file") == ".");
  CHECK(lanes::detail::folder_of("/file") == "/");
  CHECK(lanes::detail::folder_of("a/b/file") == "a/b");
}
