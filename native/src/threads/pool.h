/**
 * One pool of threads for the whole process, shared by every Node environment in it.
 *
 * `parallelFor` runs body(0) … body(chunks-1), each exactly once, in any order and on any thread, and returns when all are done.
 * The caller works too, and never waits for a thread that has not taken a chunk: with all other cores busy it does the whole
 * work itself. Results must not depend on who runs a chunk, so chunking is decided by shapes, never by the number of threads.
 *
 * Calls from inside a body, and calls while another thread holds the pool, run on the calling thread alone.
 * Threads start at the first call that can use them; idle ones spin for about 20 µs and then sleep.
 * A body must not throw.
 */
#pragma once
#include <cstdint>

namespace gfn {

void parallelFor(int64_t chunks, void (*body)(int64_t chunk, void* context), void* context);

/** The same for a callable: `parallelFor(n, [&](int64_t chunk) { … })`. */
template <class Body>
void parallelFor(int64_t chunks, const Body& body) {
  parallelFor(
      chunks, [](int64_t chunk, void* context) { (*static_cast<const Body*>(context))(chunk); }, const_cast<Body*>(&body));
}

/** Threads that take part, the caller included. Default: the cores that this process may use. */
int threadCount();

/** 1 switches the pool off. Waits for a running call; surplus threads end, missing ones start when next needed. */
void setThreadCount(int count);

}  // namespace gfn
