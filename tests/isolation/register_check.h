// Register check: linearizability of each register by itself, for histories of single operations.
//
// All reads of one value and its write form a zone: from the earliest answer to the latest
// beginning among them. A forward zone (answer before beginning) is a time in which the register
// must hold that value. The history is linearizable exactly when no two forward zones overlap, no
// backward zone lies within a forward zone, and no read was answered before its write began.
// Source:  Gibbons and Korach, "Testing Shared Memories", SIAM J. Comput. 26(4), 1997, section 4,
//          and for looking at one register at a time Herlihy and Wing, TOPLAS 12(3), 1990.
// Limits:  each transaction is one Read or one Write, values written to a register are unique and
//          writes set a value; what breaks this is reported as kGarbageRead or kDuplicateElement.
//          A register holds nothing at first. Aborted writes must never be read; writes with an
//          unknown outcome may have happened at any time after they began.
// Cost:    O(n log n).
#ifndef TESTS_ISOLATION_REGISTER_CHECK_H_
#define TESTS_ISOLATION_REGISTER_CHECK_H_

#include "tests/isolation/history.h"
#include "tests/isolation/verdict.h"

namespace phenix::isolation {

Verdict CheckRegisters(const History& history);

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_REGISTER_CHECK_H_
