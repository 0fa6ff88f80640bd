#include "cli/import/importer.h"

#include <iterator>
#include <utility>

#include "io/clock.h"

namespace phenix::cli {
namespace {

constexpr std::chrono::milliseconds kSavePeriod{500};
constexpr std::uint64_t kNotesMax = 100;

// Refused for what a line says, so that the line can be found; everything else stops the import.
bool IsAboutContent(StatusCode code) {
  return code == StatusCode::kInvalidArgument || code == StatusCode::kNotFound ||
         code == StatusCode::kAlreadyExists || code == StatusCode::kPreconditionFailed;
}

}  // namespace

Importer::Importer(const ImportParts& parts, FaultRule rule, ResumePoint start)
    : parts_(parts), rule_(rule), point_(std::move(start)) {}

Status Importer::Commit(const WriteBatch& writes) {
  PHENIX_ASSIGN_OR_RETURN(const CommitReceipt receipt, parts_.database.Write(writes));
  counts_.entities += writes.operations.size();
  ++counts_.commits;
  counts_.commit_timestamp = receipt.commit_timestamp;
  return Status::Ok();
}

Status Importer::Fault(const LineFault& fault) {
  const std::string text = parts_.input_name + ": line " + std::to_string(fault.place.number) +
                           " (byte " + std::to_string(fault.place.offset) +
                           "): " + std::string(fault.status.message());
  if (rule_ == FaultRule::kStop) {
    stopped_at_ = fault.place;
    return {fault.status.code(), text};
  }
  ++counts_.skipped;
  if (++notes_ <= kNotesMax) parts_.out.Note("skipped " + text);
  if (notes_ == kNotesMax) parts_.out.Note("more skipped lines are counted only");
  return Status::Ok();
}

Status Importer::CommitRange(ImportBatch& batch, std::size_t begin, std::size_t end) {
  if (begin == end) return Status::Ok();
  WriteBatch writes;
  const auto first = batch.writes.operations.begin();
  const auto from = first + static_cast<std::ptrdiff_t>(begin);
  const auto to = first + static_cast<std::ptrdiff_t>(end);
  writes.operations.assign(std::make_move_iterator(from), std::make_move_iterator(to));
  const Status committed = Commit(writes);
  if (committed.ok()) return committed;
  std::move(writes.operations.begin(), writes.operations.end(), from);
  const bool too_large = committed.code() == StatusCode::kResourceExhausted;
  if (!IsAboutContent(committed.code()) && !too_large) return committed;
  if (end - begin == 1) {
    // Alone in its batch, and still no room: that is the disk, or a line over the limits.
    const LineFault fault{batch.places[begin], committed};
    if (!too_large) return Fault(fault);
    stopped_at_ = fault.place;
    return {committed.code(), parts_.input_name + ": line " + std::to_string(fault.place.number) +
                                  ": " + std::string(committed.message())};
  }
  const std::size_t middle = begin + (end - begin) / 2;
  PHENIX_RETURN_IF_ERROR(CommitRange(batch, begin, middle));
  return CommitRange(batch, middle, end);
}

Status Importer::Take(ImportBatch batch) {
  const std::size_t count = batch.places.size();
  Status status = CommitRange(batch, 0, count);
  for (const LineFault& fault : batch.faults) {
    if (status.ok()) status = Fault(fault);
  }
  point_.next = stopped_at_.value_or(batch.next);
  point_.commit_timestamp = counts_.commit_timestamp;
  parts_.progress.Update({.entities = counts_.entities, .bytes = point_.next.offset});
  if (status.ok()) status = batch.input;
  if (status.ok()) return SavePointWhenDue();
  if (stopped_at_.has_value() || !batch.input.ok()) {
    const Status saved = SavePoint();
    if (!saved.ok()) parts_.out.Note(saved.message());
  }
  return status;
}

Status Importer::SavePointWhenDue() {
  const std::chrono::nanoseconds now = io::SystemClock().Monotonic();
  if (saved_at_.has_value() && now - *saved_at_ < kSavePeriod) return Status::Ok();
  saved_at_ = now;
  return SavePoint();
}

Status Importer::SavePoint() {
  if (parts_.resume_path.empty()) return Status::Ok();
  ResumePoint point = point_;
  point.entities += counts_.entities;
  PHENIX_ASSIGN_OR_RETURN(point.input, ChecksumBefore(parts_.input_path, point.next.offset));
  return WriteResumeFile(parts_.resume_path, point);
}

}  // namespace phenix::cli
