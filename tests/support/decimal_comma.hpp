// SPDX-License-Identifier: BSD-3-Clause
//
// A locale with a decimal comma while this lives: one that the system has, or one that localedef
// makes into a folder of its own; found() is false where there is neither.
#pragma once

#include <clocale>
#include <cstdlib>
#include <string>

#include <support/temporary_folder.hpp>

class DecimalComma {
 public:
  DecimalComma() {
    for (const char* name :
         {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "it_IT.UTF-8", "nl_NL.UTF-8"})
      if (choose(name)) return;
    const std::string make =
        "localedef -i de_DE -f UTF-8 " + (folder_ / "de_DE.UTF-8") + " >/dev/null 2>&1";
    if (std::system(make.c_str()) != 0) return;
    ::setenv("LOCPATH", (folder_ / "").c_str(), 1);
    choose("de_DE.UTF-8");
    ::unsetenv("LOCPATH");
  }
  DecimalComma(const DecimalComma&) = delete;
  DecimalComma& operator=(const DecimalComma&) = delete;
  ~DecimalComma() { std::setlocale(LC_ALL, "C"); }

  bool found() const { return found_; }

 private:
  bool choose(const char* name) {
    return found_ =
               std::setlocale(LC_ALL, name) && std::string(std::localeconv()->decimal_point) == ",";
  }

  TemporaryFolder folder_;
  bool found_ = false;
};
