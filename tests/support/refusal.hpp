// SPDX-License-Identifier: BSD-3-Clause
//
// refusal(f): what f() is refused with, the text of its std::invalid_argument; "" where it is not.
#pragma once

#include <stdexcept>
#include <string>

template <class Function>
std::string refusal(const Function& f) {
  try {
    f();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}
