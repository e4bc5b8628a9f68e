// SPDX-License-Identifier: BSD-3-Clause
//
// Arena: scratch memory that is asked for in a stack's order and kept between uses, so that a hot
// loop never meets the allocator or a page fault. AlignedVector: a std::vector whose storage starts
// on a cache line, and on a page of its own where it is large.
//
//   Arena::Scope scope(arena);           // everything taken below is given back at the scope's end
//   float* p = arena.take<float>(1000);  // 64-byte aligned, not initialised
//
// BasicArena<Memory> takes its blocks from Memory::allocate(bytes) and gives them back to
// Memory::release(pointer). Errors: MemoryError, with the bytes asked, where a block would go
// beyond the arena's limit.
#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <lanes/core/finite_math.hpp>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lanes {

/// Memory was asked for that is not there.
struct MemoryError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// This machine's memory, in pages of 2 MiB: tiles walk over megabytes, and small pages cost as
/// much as the arithmetic.
struct HostMemory {
  static constexpr std::size_t page = std::size_t(2) << 20;
  static void* allocate(std::size_t bytes) {
    void* p = ::operator new (bytes, std::align_val_t{page});
#if defined(__linux__)
    madvise(p, bytes, MADV_HUGEPAGE);
#endif
    return p;
  }
  static void release(void* p) { ::operator delete (p, std::align_val_t{page}); }
};

/// What an AlignedVector has its storage from.
template <class T>
struct AlignedAllocator {
  /// As a standard allocator has it.
  using value_type = T;
  AlignedAllocator() = default;
  /// One of another type: there is nothing to copy.
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    return static_cast<T*>(bytes >= HostMemory::page
                               ? HostMemory::allocate(bytes)
                               : ::operator new (bytes, std::align_val_t{64}));
  }
  /// Gives back what allocate(n) gave.
  void deallocate(T* p, std::size_t n) {
    if (n * sizeof(T) >= HostMemory::page)
      HostMemory::release(p);
    else
      ::operator delete (p, std::align_val_t{64});
  }
  template <class U>
  bool operator==(const AlignedAllocator<U>&) const {
    return true;
  }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

template <class Memory>
class BasicArena {
 public:
  static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

  /// limit: most bytes to hold.
  explicit BasicArena(std::size_t limit = no_limit) : limit_(limit) {}

  class Scope {
   public:
    explicit Scope(BasicArena& arena) : arena_(arena), block_(arena.block_), used_(arena.used_) {}
    ~Scope() {
      arena_.block_ = block_;
      arena_.used_ = used_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    BasicArena& arena_;
    std::size_t block_, used_;
  };

  /// n elements, 64-byte aligned, contents undefined; valid until the enclosing Scope ends.
  template <class T>
  T* take(std::size_t n) {
    const std::size_t bytes = (n * sizeof(T) + 63) / 64 * 64;
    while (block_ < blocks_.size() && used_ + bytes > blocks_[block_].size()) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      const std::size_t wanted = bytes > 2 * Memory::page ? bytes : 2 * Memory::page;
      grow((wanted + Memory::page - 1) & ~(Memory::page - 1));
      used_ = 0;
    }
    std::byte* p = blocks_[block_].data() + used_;
    used_ += bytes;
    return reinterpret_cast<T*>(p);
  }

  /// Bytes held.
  std::size_t capacity() const {
    std::size_t sum = 0;
    for (const auto& block : blocks_) sum += block.size();
    return sum;
  }

 private:
  class Block {
   public:
    explicit Block(std::size_t bytes)
        : data_(static_cast<std::byte*>(Memory::allocate(bytes))), size_(bytes) {}
    Block(Block&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(other.size_) {}
    ~Block() {
      if (data_) Memory::release(data_);
    }
    std::byte* data() const { return data_; }
    std::size_t size() const { return size_; }

   private:
    std::byte* data_;
    std::size_t size_;
  };

  void grow(std::size_t bytes) {
    const std::size_t held = capacity();
    if (bytes > limit_ - held)
      throw MemoryError("lanes: " + std::to_string(bytes) +
                        " bytes more of scratch memory, beside " + std::to_string(held) +
                        " held (allowed: " + std::to_string(limit_) + " in all)");
    blocks_.emplace_back(bytes);
  }

  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0, limit_;
};

using Arena = BasicArena<HostMemory>;

}  // namespace lanes
