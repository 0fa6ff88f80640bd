#include "index/vector/store/segment_store.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include "index/vector/store/manifest_file.h"
#include "index/vector/store/segment_file.h"

namespace phenix::index::vector {
namespace {

constexpr std::string_view kManifestName = "MANIFEST";
constexpr std::string_view kPartSuffix = ".phv";
constexpr std::uint64_t kManifestBytesMax = 1ULL << 31U;

// The ends of a part that a checkpoint at `applied` keeps.
template <typename EndOf>
std::map<std::uint64_t, std::uint64_t> EndsOf(std::size_t rows, std::uint64_t applied,
                                              EndOf end_of) {
  std::map<std::uint64_t, std::uint64_t> ends;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint64_t end = end_of(row);
    if (end <= applied) ends[row] = end;
  }
  return ends;
}

}  // namespace

SegmentStore::SegmentStore(io::FileSystem& file_system, std::string directory,
                           const VectorIndexOptions& options)
    : file_system_(file_system), directory_(std::move(directory)), options_(options) {}

std::string SegmentStore::PathOf(std::uint64_t number) const {
  return io::JoinPath(directory_, std::to_string(number) + std::string(kPartSuffix));
}

Result<StoredIndex> SegmentStore::Read() {
  PHENIX_RETURN_IF_ERROR(file_system_.CreateDirectories(directory_));
  const std::string path = io::JoinPath(directory_, kManifestName);
  PHENIX_ASSIGN_OR_RETURN(const bool exists, file_system_.Exists(path));
  StoredIndex index;
  if (!exists) return index;
  PHENIX_ASSIGN_OR_RETURN(const std::string bytes,
                          io::ReadFile(file_system_, path, kManifestBytesMax));
  PHENIX_ASSIGN_OR_RETURN(const ManifestRecord record, DecodeManifest(bytes));
  if (record.dimension != options_.dimension || record.metric != options_.metric) {
    return Status(StatusCode::kInvalidArgument,
                  "vector index has another dimension or metric: directory=" + directory_);
  }
  index.applied_through = record.applied_through;
  index.newest_id = record.newest_id;
  index.any_row = record.any_row;
  index.next_number = record.next_number;
  for (const PartRecord& part : record.parts) {
    PHENIX_RETURN_IF_ERROR(ReadPartFile(part.number, part.ends, &index));
  }
  return index;
}

Status SegmentStore::ReadPartFile(std::uint64_t number,
                                  const std::map<std::uint64_t, std::uint64_t>& ends,
                                  StoredIndex* index) {
  PHENIX_ASSIGN_OR_RETURN(const auto file, file_system_.OpenReadable(PathOf(number)));
  const VectorSpace space = {options_.metric, options_.dimension};
  PHENIX_ASSIGN_OR_RETURN(ReadPart part, ReadSegmentFile(*file, space));
  if (!ends.empty() && ends.rbegin()->first >= part.ids.size()) {
    return {StatusCode::kCorruption, "vector manifest ends a row that its part does not have"};
  }
  if (part.segment) {
    part.segment->number = number;
    for (const auto& [row, end] : ends) part.segment->lives.End(row, end);
    index->manifest.segments.push_back(std::move(part.segment));
    written_.insert(number);
    return Status::Ok();
  }
  if (part.ids.empty()) return Status::Ok();
  const TailOptions tail_options = {distance::KernelsFor(options_.simd_level),
                                    options_.metric,
                                    options_.dimension,
                                    part.ids.size(),
                                    options_.seed,
                                    {}};
  auto tail = std::make_shared<Tail>(tail_options);
  std::vector<std::uint32_t> order(part.ids.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return part.begins[a] != part.begins[b] ? part.begins[a] < part.begins[b] : a < b;
  });
  std::vector<float> values(options_.dimension);
  for (const std::uint32_t row : order) {
    part.full.Read(row, values);
    tail->Append(part.ids[row], values, part.begins[row]);
    const auto end = ends.find(row);
    if (end != ends.end()) tail->End(part.ids[row], end->second);
  }
  index->manifest.tails.push_back(std::move(tail));
  return Status::Ok();
}

Status SegmentStore::WriteParts(const StoredIndex& index, std::map<const Tail*, TailFile>* tails) {
  for (const std::shared_ptr<Segment>& segment : index.manifest.segments) {
    if (written_.count(segment->number) != 0) continue;
    PHENIX_RETURN_IF_ERROR(WriteSegmentFile(file_system_, PathOf(segment->number), *segment));
    written_.insert(segment->number);
  }
  std::uint64_t number = index.next_number;
  for (const std::shared_ptr<Tail>& tail : index.manifest.tails) {
    const std::size_t rows = tail->RowsAt(index.applied_through);
    const auto known = tails_.find(tail.get());
    if (known != tails_.end() && known->second.rows == rows) {
      (*tails)[tail.get()] = known->second;
      continue;
    }
    const VectorSpace space = {options_.metric, options_.dimension};
    PHENIX_RETURN_IF_ERROR(WriteTailFile(file_system_, PathOf(number), *tail, space, rows));
    (*tails)[tail.get()] = {tail, number++, rows};
  }
  return Status::Ok();
}

Status SegmentStore::Write(const StoredIndex& index) {
  std::map<const Tail*, TailFile> tails;
  PHENIX_RETURN_IF_ERROR(WriteParts(index, &tails));
  ManifestRecord record;
  record.dimension = options_.dimension;
  record.metric = options_.metric;
  record.applied_through = index.applied_through;
  record.newest_id = index.newest_id;
  record.any_row = index.any_row;
  record.next_number = index.next_number + index.manifest.tails.size();
  std::set<std::uint64_t> numbers;
  for (const std::shared_ptr<Segment>& segment : index.manifest.segments) {
    numbers.insert(segment->number);
    record.parts.push_back(
        {segment->number, EndsOf(segment->rows(), index.applied_through,
                                 [&](std::size_t row) { return segment->lives.end(row); })});
  }
  for (const std::shared_ptr<Tail>& tail : index.manifest.tails) {
    const TailFile& file = tails[tail.get()];
    numbers.insert(file.number);
    record.parts.push_back(
        {file.number, EndsOf(file.rows, index.applied_through,
                             [&](std::size_t row) { return tail->RowAt(row).end; })});
  }
  PHENIX_RETURN_IF_ERROR(io::WriteFileAtomically(
      file_system_, io::JoinPath(directory_, kManifestName), EncodeManifest(record)));
  tails_ = std::move(tails);
  return RemoveOthers(numbers);
}

Status SegmentStore::RemoveOthers(const std::set<std::uint64_t>& numbers) {
  PHENIX_ASSIGN_OR_RETURN(const auto entries, file_system_.List(directory_));
  for (const io::DirectoryEntry& entry : entries) {
    const std::string& name = entry.name;
    if (!name.ends_with(kPartSuffix)) continue;
    std::uint64_t number = 0;
    const char* end = name.data() + name.size() - kPartSuffix.size();
    const auto parsed = std::from_chars(name.data(), end, number);
    if (parsed.ptr != end || numbers.count(number) != 0) continue;
    PHENIX_RETURN_IF_ERROR(file_system_.RemoveFile(io::JoinPath(directory_, name)));
    written_.erase(number);
  }
  return Status::Ok();
}

}  // namespace phenix::index::vector
