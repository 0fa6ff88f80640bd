#include "log/commit_log.h"

#include <utility>

namespace phenix::log {

Result<AppendedFrame> CommitLog::Append(const FrameContent& content) {
  PHENIX_ASSIGN_OR_RETURN(PreparedBody body, PrepareBody(content.records, content.shards));
  return AppendPrepared(std::move(body),
                        {content.timestamp_min, content.timestamp_max, content.closed});
}

}  // namespace phenix::log
