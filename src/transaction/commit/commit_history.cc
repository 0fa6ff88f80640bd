#include "transaction/commit/commit_history.h"

#include <algorithm>

namespace phenix::transaction {
namespace {

bool Touches(const std::string& payload, std::span<const ReadRange> ranges) {
  const Result<DecodedPayload> decoded = DecodePayload(payload);
  if (!decoded.ok()) return true;
  for (const PayloadOperation& operation : decoded->operations) {
    for (const ReadRange& range : ranges) {
      if (operation.family == range.family && operation.key >= range.begin &&
          (range.end.empty() || operation.key < range.end)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

void CommitHistory::Record(CommitTimestamp at, const std::shared_ptr<const std::string>& payload,
                           bool keep) {
  if (!keep) {
    commits_.clear();
    bytes_ = 0;
    floor_ = at;
    return;
  }
  commits_.push_back({at, payload});
  bytes_ += payload->size();
  while (bytes_ > kCommitHistoryBytesMax) {
    bytes_ -= commits_.front().payload->size();
    floor_ = commits_.front().at;
    commits_.pop_front();
  }
}

bool CommitHistory::WroteInto(std::span<const ReadRange> ranges, CommitTimestamp after) const {
  if (ranges.empty()) return false;
  if (after < floor_) return true;
  return std::any_of(commits_.rbegin(), commits_.rend(), [&](const Commit& commit) {
    return commit.at > after && Touches(*commit.payload, ranges);
  });
}

}  // namespace phenix::transaction
