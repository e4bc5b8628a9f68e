// SPDX-License-Identifier: BSD-3-Clause
//
// State: what the Thrust backend holds between visits: scratch memory, on the device and on the
// host, the site tables of the stencils that it has met, the data set it was last asked for, and
// cuBLAS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <lanes/backend/thrust/device.hpp>
#include <lanes/backend/thrust/multiplier.hpp>
#include <lanes/backend/thrust/site_tables.hpp>
#include <lanes/core/arena.hpp>
#include <lanes/core/data_set.hpp>

namespace lanes::device {

/// A data set's copy on the device, kept until another is asked for.
class DataCopy {
 public:
  template <class Value>
  const Value* of(const DataSet<Value>& data) {
    if (number_ != data.number()) {
      number_ = 0;  // nothing, should the copy fail
      ++changes_;
      copy_.assign(std::as_bytes(data.fields()));
      number_ = data.number();
    }
    return reinterpret_cast<const Value*>(std::as_const(copy_).data());
  }

  /// How often the numbers have changed.
  const std::uint64_t& changes() const { return changes_; }

 private:
  std::uint64_t number_ = 0, changes_ = 0;
  Vector<std::byte> copy_;
};

struct State {
  explicit State(std::size_t limit) : scratch(limit) {}
  BasicArena<Memory> scratch;
  Arena host;
  SiteTables tables;
  DataCopy data;
  Multiplier multiplier;
};

}  // namespace lanes::device
