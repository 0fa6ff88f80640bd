#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace phenix::base {

void AssertFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "phenix: assertion failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace phenix::base
