// Assertions for programmer errors. PHENIX_ASSERT is on in every build; what comes from disk, the
// network or a user is never asserted but answered with a Status.
#ifndef BASE_ASSERT_H_
#define BASE_ASSERT_H_

namespace phenix::base {

/// Prints the failed condition with its place to stderr and aborts.
[[noreturn]] void AssertFailed(const char* condition, const char* file, int line);

}  // namespace phenix::base

#define PHENIX_ASSERT(condition)                       \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::phenix::base::AssertFailed(#condition, __FILE__, __LINE__))

/// Only inside measured hot loops; off in release builds.
#ifdef PHENIX_DEBUG_ASSERTS
#define PHENIX_DEBUG_ASSERT(condition) PHENIX_ASSERT(condition)
#else
#define PHENIX_DEBUG_ASSERT(condition) static_cast<void>(sizeof(!(condition)))
#endif

#endif  // BASE_ASSERT_H_
