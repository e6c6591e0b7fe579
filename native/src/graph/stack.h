/**
 * Stacks of a run: what loops keep for their gradients. Each is one block that grows geometrically and stays with the frame, so that a
 * loop that runs again does not ask for memory; a large one is given back when the run ends, by an error too.
 */
#pragma once
#include <cstdint>
#include <cstring>

namespace gfn {

class Stack {
 public:
  Stack() = default;
  Stack(Stack&& other) noexcept : begin_(other.begin_), top_(other.top_), end_(other.end_) {
    other.begin_ = other.top_ = other.end_ = nullptr;
  }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  ~Stack();

  /** Empty; gives back what is too large to keep. */
  void clear();
  /** Bytes asked for where there are too few; 0 for success. */
  int64_t push(const void* value, int64_t bytes) {
    int64_t asked = 0;
    if (end_ - top_ < bytes && !grow(bytes, asked)) return asked;
    if (bytes > 0) std::memcpy(top_, value, static_cast<size_t>(bytes));
    top_ += bytes;
    return 0;
  }
  /** False: it is empty. */
  bool pop(void* value, int64_t bytes) {
    if (top_ - begin_ < bytes) return false;
    top_ -= bytes;
    if (bytes > 0) std::memcpy(value, top_, static_cast<size_t>(bytes));
    return true;
  }

 private:
  bool grow(int64_t bytes, int64_t& asked);

  char* begin_ = nullptr;
  char* top_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace gfn
