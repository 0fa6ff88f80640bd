#include "log/log_record.h"

namespace phenix::log {

std::string_view RecordTypeName(RecordType type) {
  switch (type) {
    case RecordType::kTransaction:
      return "transaction";
    case RecordType::kPrepare:
      return "prepare";
    case RecordType::kCommit:
      return "commit";
    case RecordType::kAbort:
      return "abort";
    case RecordType::kResolve:
      return "resolve";
    case RecordType::kForget:
      return "forget";
    case RecordType::kFence:
      return "fence";
    case RecordType::kCheckpoint:
      return "checkpoint";
    case RecordType::kTrim:
      return "trim";
    case RecordType::kSegmentInstall:
      return "segment_install";
    case RecordType::kShardDetach:
      return "shard_detach";
    case RecordType::kShardAttach:
      return "shard_attach";
    case RecordType::kSplit:
      return "split";
    case RecordType::kSchema:
      return "schema";
    case RecordType::kKeyRotate:
      return "key_rotate";
  }
  return "unknown";
}

}  // namespace phenix::log
