/**
 * The library oneDNN, looked for once per process by dlopen and kept; never linked. What uses it: products (onednn.h) and convolutions
 * (kernels/convolution-onednn.h). Its calls run on one thread each; work is split over our pool.
 */
#pragma once

namespace gfn {

struct OneDnnLibrary {
  /** Null where there is none that can be used. */
  void* handle = nullptr;
  /** 2 or 3. */
  int major = 0;
  /** omp_set_num_threads of its OpenMP; null where it has none. */
  void (*setThreads)(int) = nullptr;
  /** "oneDNN 3.1.1". */
  char name[48] = "";
};

/** Loads the library where that was not done yet. */
const OneDnnLibrary& oneDnnLibrary();

/** A function of the library by its name; null where it has none. */
void* oneDnnSymbol(const OneDnnLibrary& library, const char* name);

/** Before a call: the number of OpenMP threads belongs to the calling thread. */
void holdOneDnnToOneThread();

/** Switches its use on or off for the process; returns whether it is in use from now on (loads the library to find out). */
bool setOneDnn(bool wanted);

/** Whether its use is switched on, be it there or not. */
bool oneDnnWanted();

}  // namespace gfn
