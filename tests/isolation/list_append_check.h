// List append check: the black box check of a history, which needs no timestamps.
//
// The order of versions that reads of lists betray gives ww, wr and rw dependencies between
// transactions; a cycle of them is an anomaly. What it reports happened; what it does not report
// may still have happened unobserved, so a workload ends by reading every list once.
// Source: Kingsbury and Alvaro, "Elle", VLDB 2020; Adya 1999.
// Cost:   O(elements read + transactions x sessions), besides the search for examples of cycles.
#ifndef TESTS_ISOLATION_LIST_APPEND_CHECK_H_
#define TESTS_ISOLATION_LIST_APPEND_CHECK_H_

#include <cstdint>

#include "tests/isolation/history.h"
#include "tests/isolation/verdict.h"

namespace phenix::isolation {

/// The order besides reads and writes that the database promises to respect.
enum class OrderPromise : std::uint8_t {
  kNone,      ///< Plain snapshot isolation or serializability.
  kRealTime,  ///< Strong snapshot isolation, strict serializability; includes sessions.
};

Verdict CheckListAppend(const History& history, OrderPromise promise);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_LIST_APPEND_CHECK_H_
