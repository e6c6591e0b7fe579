/**
 * Counts allocations on the main thread of a process that preloads this: how many there were, and how many of them code of the addon asked
 * for. The numbers stand in the file that COUNT_ALLOCATIONS names, as two 64-bit integers. Linux, glibc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t unread[2];
static volatile uint64_t *counts = unread;
static uintptr_t from, to;

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

__attribute__((constructor)) static void open_counts(void) {
  const char *name = getenv("COUNT_ALLOCATIONS");
  const int file = name == NULL ? -1 : open(name, O_RDWR);
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof unread, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) counts = mapped;
  close(file);
}

static int find_addon(struct dl_phdr_info *info, size_t size, void *data) {
  (void)size;
  (void)data;
  if (strstr(info->dlpi_name, "graphfn.node") == NULL) return 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
    from = info->dlpi_addr + part->p_vaddr;
    to = from + part->p_memsz;
  }
  return 1;
}

/** Until the addon is there it is looked for now and then; whoever counts has called into it before. */
static void count(const void *caller) {
  if (syscall(SYS_gettid) != getpid()) return;
  if (to == 0 && counts[0] % 64 == 0) dl_iterate_phdr(find_addon, NULL);
  counts[0]++;
  if ((uintptr_t)caller >= from && (uintptr_t)caller < to) counts[1]++;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size) {
  count(CALLER);
  return __libc_malloc(size);
}

void *calloc(size_t n, size_t size) {
  count(CALLER);
  return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size) {
  count(CALLER);
  return __libc_realloc(old, size);
}

void *memalign(size_t align, size_t size) {
  count(CALLER);
  return __libc_memalign(align, size);
}

void *aligned_alloc(size_t align, size_t size) {
  count(CALLER);
  return __libc_memalign(align, size);
}

int posix_memalign(void **result, size_t align, size_t size) {
  count(CALLER);
  *result = __libc_memalign(align, size);
  return *result == NULL ? 12 : 0;
}

/** `new` of C++: found here before the library's own, so that the caller is who wrote it. */
void *_Znwm(size_t size) {
  count(CALLER);
  return __libc_malloc(size == 0 ? 1 : size);
}

void *_Znam(size_t size) {
  count(CALLER);
  return __libc_malloc(size == 0 ? 1 : size);
}

void *_ZnwmSt11align_val_t(size_t size, size_t align) {
  count(CALLER);
  return __libc_memalign(align, size);
}

void *_ZnamSt11align_val_t(size_t size, size_t align) {
  count(CALLER);
  return __libc_memalign(align, size);
}
