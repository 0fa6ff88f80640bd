// Where the next page of a read goes on: opaque to users, bound to the read timestamp.
#ifndef TRANSACTION_PAGE_CURSOR_H_
#define TRANSACTION_PAGE_CURSOR_H_

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/strong_id.h"
#include "phenix/status.h"

namespace phenix::transaction {

/// `last_key` is the user key of the last row that was delivered.
std::string EncodeCursor(CommitTimestamp at, base::ByteView last_key);
/// The last key; empty for an empty cursor. Errors: kInvalidArgument when malformed or made at
/// another timestamp.
Result<std::string> DecodeCursor(std::string_view cursor, CommitTimestamp at);

}  // namespace phenix::transaction

#endif  // TRANSACTION_PAGE_CURSOR_H_
