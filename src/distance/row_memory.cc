#include "distance/row_memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "base/assert.h"
#include "distance/kernel_types.h"

namespace phenix::distance {

RowMemory::RowMemory(std::size_t size_bytes) : size_bytes_(size_bytes) {
  if (size_bytes == 0) return;
  constexpr std::size_t kHugePageBytes = std::size_t{2} << 20U;
  const bool huge = size_bytes >= 2 * kHugePageBytes;
  const std::size_t alignment = huge ? kHugePageBytes : kRowAlignment;
  const std::size_t reserved = RoundUp(size_bytes, alignment);
  void* bytes = std::aligned_alloc(alignment, reserved);
  PHENIX_ASSERT(bytes != nullptr);
  if (huge) madvise(bytes, reserved, MADV_HUGEPAGE);
  std::memset(bytes, 0, reserved);
  bytes_.reset(static_cast<std::uint8_t*>(bytes));
}

void RowMemory::Release::operator()(std::uint8_t* bytes) const { std::free(bytes); }

}  // namespace phenix::distance
