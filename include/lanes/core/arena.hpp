// SPDX-License-Identifier: BSD-3-Clause
//
// Arena: scratch memory that is asked for in a stack's order and kept between uses, so that a hot loop never
// meets the allocator or a page fault. AlignedVector: a std::vector whose storage starts on a cache line.
//
//   Arena::Scope scope(arena);              // everything taken below is given back at the scope's end
//   float* p = arena.take<float>(1000);     // 64-byte aligned, not initialised
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lanes {

template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64}));
  }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
  template <class U>
  bool operator==(const AlignedAllocator<U>&) const {
    return true;
  }
};

template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

class Arena {
 public:
  class Scope {
   public:
    explicit Scope(Arena& arena) : arena_(arena), block_(arena.block_), used_(arena.used_) {}
    ~Scope() {
      arena_.block_ = block_;
      arena_.used_ = used_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Arena& arena_;
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
      const std::size_t wanted = bytes > 2 * huge_page ? bytes : 2 * huge_page;
      blocks_.emplace_back((wanted + huge_page - 1) & ~(huge_page - 1));
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
  static constexpr std::size_t huge_page = std::size_t(2) << 20;

  class Block {
   public:
    explicit Block(std::size_t bytes)
        : data_(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{huge_page}))),
          size_(bytes) {
#if defined(__linux__)
      madvise(
          data_, bytes,
          MADV_HUGEPAGE);  // tiles walk over megabytes: small pages cost as much as the arithmetic
#endif
    }
    Block(Block&& other) noexcept : data_(other.data_), size_(other.size_) {
      other.data_ = nullptr;
    }
    ~Block() { ::operator delete (data_, std::align_val_t{huge_page}); }
    std::byte* data() const { return data_; }
    std::size_t size() const { return size_; }

   private:
    std::byte* data_;
    std::size_t size_;
  };

  std::vector<Block> blocks_;
  std::size_t block_ = 0, used_ = 0;
};

}  // namespace lanes
