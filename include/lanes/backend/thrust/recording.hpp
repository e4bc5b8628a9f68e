// SPDX-License-Identifier: BSD-3-Clause
//
// Recording: work of many small launches, noted once and from then on done at one call: a CUDA
// graph on a GPU, where a launch costs as much as a small kernel; elsewhere the list of the
// kernels, so that every machine runs, and tests, what a GPU repeats.
//
//   recording.run(changes, key, work)     the same as work()
//
// A key comes for the first time: work() runs (and makes the tables, handles and scratch memory
// that it needs). The second time its launches are noted; then they are repeated, and work() is not
// called. So work() must launch, wherever it has this key, the same kernels with the same bytes:
// what changes from one time to the next lies in the device's memory and is read there
// (RandomStream::with_step_at, say), and host code in it decides nothing. `changes` counts what the
// backend has moved since: a recording from before is not used. Work that copies to or from the
// host (the determinant of the Schwinger model looks at its residual there) cannot be repeated: it
// is run each time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <lanes/backend/thrust/launch.hpp>
#include <lanes/core/work_key.hpp>

namespace lanes::device {

class Recording {
 public:
  template <class Work>
  void run(const std::uint64_t& changes, const WorkKey& key, const Work& work) {
    Slot& slot = slot_of(key);
    if (slot.known && slot.changes == changes) {
      if (slot.launches) return slot.launches->run();
      if (slot.repeatable && note(slot, work)) return slot.launches->run();
    }
    slot.launches.reset();
    work();
    slot.known = true;
    slot.changes = changes;
  }

  /// Launches of the work that ran last, or 0 where it is not repeated.
  std::size_t size() const { return slots_[0].launches ? slots_[0].launches->size() : 0; }

 private:
  struct Slot {
    WorkKey key;
    bool known = false, repeatable = true;
    std::uint64_t changes = 0;
    std::unique_ptr<Launches> launches;
  };

  // Memory that is exchanged at each step has two keys; the older one makes room.
  Slot& slot_of(const WorkKey& key) {
    if (slots_[1].key == key) std::swap(slots_[0], slots_[1]);
    if (!(slots_[0].key == key)) {
      slots_[1] = std::exchange(slots_[0], Slot{});
      slots_[0].key = key;
    }
    return slots_[0];
  }

  template <class Work>
  static bool note(Slot& slot, const Work& work) {
    auto launches = std::make_unique<Launches>();
    try {
      const Launches::Noting noting(*launches);
      work();
    } catch (const NotRepeatable&) {
      slot.repeatable = false;
      return false;
    }
    if (launches->close())
      slot.launches = std::move(launches);
    else
      slot.repeatable = false;
    return slot.repeatable;
  }

  std::array<Slot, 2> slots_;
};

}  // namespace lanes::device
