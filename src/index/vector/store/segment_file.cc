#include "index/vector/store/segment_file.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <span>
#include <utility>

#include "base/checksum.h"
#include "index/vector/store/segment_layout.h"

namespace phenix::index::vector {
namespace {

using base::ByteView;

template <typename T>
ByteView BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

ByteView BytesOf(const distance::RowMemory& memory) {
  return {reinterpret_cast<const char*>(memory.data()), memory.size_bytes()};
}

template <typename T>
ByteView BytesOfStruct(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

struct Section {
  SectionId id;
  ByteView bytes;
};

Status Pad(io::WritableFile& file) {
  static constexpr char kZeros[kSectionAlignment] = {};
  const std::uint64_t over = file.Size() % kSectionAlignment;
  return over == 0 ? Status::Ok() : file.Append(ByteView(kZeros, kSectionAlignment - over));
}

Status WriteSections(io::FileSystem& file_system, const std::string& path, SegmentHeader header,
                     std::span<const Section> sections) {
  std::vector<SectionEntry> table;
  std::uint64_t offset = sizeof(header) + sections.size() * sizeof(SectionEntry);
  for (const Section& section : sections) {
    offset = distance::RoundUp(offset, kSectionAlignment);
    table.push_back({static_cast<std::uint32_t>(section.id), base::Crc32c(section.bytes), offset,
                     section.bytes.size()});
    offset += section.bytes.size();
  }
  header.section_count = static_cast<std::uint32_t>(sections.size());
  header.table_checksum = base::Crc32c(BytesOf(table));
  header.header_checksum =
      base::Crc32c(BytesOfStruct(header).substr(0, offsetof(SegmentHeader, header_checksum)));
  PHENIX_ASSIGN_OR_RETURN(auto file,
                          file_system.OpenWritable(path, io::OpenMode::kCreateOrTruncate));
  PHENIX_RETURN_IF_ERROR(file->Append(BytesOfStruct(header)));
  PHENIX_RETURN_IF_ERROR(file->Append(BytesOf(table)));
  for (const Section& section : sections) {
    PHENIX_RETURN_IF_ERROR(Pad(*file));
    PHENIX_RETURN_IF_ERROR(file->Append(section.bytes));
  }
  PHENIX_RETURN_IF_ERROR(file->Sync());
  return file->Close();
}

SegmentHeader HeaderOf(VectorSpace space, std::uint64_t rows, distance::ElementType type) {
  SegmentHeader header;
  header.version = kSegmentFileVersion;
  header.rows = rows;
  header.dimension = space.dimension;
  header.metric = static_cast<std::uint8_t>(space.metric);
  header.element_type = static_cast<std::uint8_t>(type);
  return header;
}

Status Damaged(const std::string& what) {
  return {StatusCode::kCorruption, "vector segment: " + what};
}

// The sections of an open file, each read and checked when it is asked for.
class SectionReader {
 public:
  explicit SectionReader(const io::ReadableFile& file) : file_(file) {}

  Status Open(VectorSpace space) {
    PHENIX_ASSIGN_OR_RETURN(size_bytes_, file_.Size());
    PHENIX_RETURN_IF_ERROR(
        ReadAll(0, sizeof(header_), reinterpret_cast<char*>(&header_), "header"));
    const std::uint32_t checksum =
        base::Crc32c(BytesOfStruct(header_).substr(0, offsetof(SegmentHeader, header_checksum)));
    if (header_.magic != kSegmentMagic || checksum != header_.header_checksum) {
      return Damaged("header differs from its checksum");
    }
    if (header_.version != kSegmentFileVersion) return Damaged("unknown version");
    if (header_.section_count > kSectionCountMax || header_.rows > kSegmentRowsMax ||
        header_.element_type >= distance::kElementTypeCount || header_.exact_bytes > 1) {
      return Damaged("header is out of range");
    }
    if (header_.dimension != space.dimension ||
        header_.metric != static_cast<std::uint8_t>(space.metric)) {
      return Damaged("file is of another index");
    }
    std::vector<SectionEntry> table(header_.section_count);
    PHENIX_RETURN_IF_ERROR(ReadAll(sizeof(header_), table.size() * sizeof(SectionEntry),
                                   reinterpret_cast<char*>(table.data()), "table"));
    if (base::Crc32c(BytesOf(table)) != header_.table_checksum) {
      return Damaged("section table differs from its checksum");
    }
    for (const SectionEntry& entry : table) sections_[entry.id] = entry;
    return Status::Ok();
  }

  [[nodiscard]] const SegmentHeader& header() const { return header_; }
  [[nodiscard]] bool Has(SectionId id) const {
    return sections_.count(static_cast<std::uint32_t>(id)) != 0;
  }
  /// Bytes of a section; 0 when absent or not inside the file.
  [[nodiscard]] std::uint64_t SizeOf(SectionId id) const {
    const auto found = sections_.find(static_cast<std::uint32_t>(id));
    if (found == sections_.end() || found->second.size_bytes > size_bytes_) return 0;
    return found->second.size_bytes;
  }
  template <typename T>
  Status ReadVector(SectionId id, std::size_t count, std::vector<T>* values) const {
    if (!Has(id) || SizeOf(id) != count * sizeof(T)) return Damaged("a section has the wrong size");
    values->resize(count);
    return ReadChecked(id, reinterpret_cast<char*>(values->data()));
  }
  Status ReadRows(SectionId id, std::size_t size_bytes, distance::RowMemory* memory) const {
    if (!Has(id) || SizeOf(id) != size_bytes) return Damaged("a section has the wrong size");
    *memory = distance::RowMemory(size_bytes);
    return ReadChecked(id, reinterpret_cast<char*>(memory->data()));
  }

 private:
  Status ReadAll(std::uint64_t offset, std::size_t size_bytes, char* into, const char* what) const {
    if (offset > size_bytes_ || size_bytes > size_bytes_ - offset) {
      return Damaged(std::string(what) + " lies past the end");
    }
    if (size_bytes == 0) return Status::Ok();
    PHENIX_ASSIGN_OR_RETURN(const std::size_t got, file_.ReadAt(offset, size_bytes, into));
    return got == size_bytes ? Status::Ok() : Damaged(std::string(what) + " is cut short");
  }
  Status ReadChecked(SectionId id, char* into) const {
    const SectionEntry& entry = sections_.at(static_cast<std::uint32_t>(id));
    PHENIX_RETURN_IF_ERROR(ReadAll(entry.offset, entry.size_bytes, into, "section"));
    if (base::Crc32c(ByteView(into, entry.size_bytes)) == entry.checksum) return Status::Ok();
    return Damaged("a section differs from its checksum: id=" + std::to_string(entry.id));
  }

  const io::ReadableFile& file_;
  std::uint64_t size_bytes_ = 0;
  SegmentHeader header_;
  std::map<std::uint32_t, SectionEntry> sections_;
};

distance::ByteRowCodec CodecOf(const SegmentHeader& header, std::vector<float> center) {
  return header.exact_bytes != 0 ? distance::ByteRowCodec::Exact(header.dimension)
                                 : distance::ByteRowCodec::Scaled(std::move(center));
}

Status ReadByteRows(const SectionReader& reader, SectionId id, const distance::ByteRowCodec& codec,
                    std::size_t count, ByteRows* rows) {
  rows->codec = codec;
  rows->count = count;
  return reader.ReadRows(id, codec.stride() * count, &rows->memory);
}

Status ReadLinks(const SectionReader& reader, Segment* segment) {
  const std::size_t rows = segment->rows();
  std::vector<std::uint32_t> links;
  PHENIX_RETURN_IF_ERROR(reader.ReadVector(SectionId::kLinks, rows * kGraphDegree, &links));
  segment->graph = ProximityGraph(rows);
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (links[i] != kNoRow && links[i] >= rows) return Damaged("a link leaves the segment");
    segment->graph.links(i / kGraphDegree)[i % kGraphDegree] = links[i];
  }
  return Status::Ok();
}

Status ReadEntries(const SectionReader& reader, Segment* segment) {
  const std::size_t count = reader.SizeOf(SectionId::kEntries) / sizeof(std::uint32_t);
  PHENIX_RETURN_IF_ERROR(reader.ReadVector(SectionId::kEntries, count, &segment->entry_positions));
  if (count == 0) return Damaged("no entries");
  segment->entry_rows = AllocateByteRows(segment->bytes.codec, count);
  for (std::size_t i = 0; i < count; ++i) {
    if (segment->entry_positions[i] >= segment->rows())
      return Damaged("an entry leaves the segment");
    std::copy_n(segment->bytes.row(segment->entry_positions[i]), segment->bytes.codec.stride(),
                segment->entry_rows.row(i));
  }
  return Status::Ok();
}

Status ReadLists(const SectionReader& reader, Segment* segment) {
  const std::size_t stride = segment->bytes.codec.stride();
  const std::size_t lists = reader.SizeOf(SectionId::kCentroids) / stride;
  PHENIX_RETURN_IF_ERROR(ReadByteRows(reader, SectionId::kCentroids, segment->bytes.codec, lists,
                                      &segment->centroids));
  PHENIX_RETURN_IF_ERROR(
      reader.ReadVector(SectionId::kListStarts, lists + 1, &segment->list_starts));
  const std::vector<std::uint32_t>& starts = segment->list_starts;
  if (lists == 0 || starts.front() != 0 || starts.back() != segment->rows() ||
      !std::is_sorted(starts.begin(), starts.end())) {
    return Damaged("posting lists do not cover the rows");
  }
  return Status::Ok();
}

// Everything but ids, begins and full vectors.
Status ReadDerived(const SectionReader& reader, Segment* segment) {
  std::vector<float> center;
  if (reader.header().exact_bytes == 0) {
    PHENIX_RETURN_IF_ERROR(
        reader.ReadVector(SectionId::kCenter, segment->space.search_dimension(), &center));
    PHENIX_RETURN_IF_ERROR(ReadByteRows(reader, SectionId::kByteRows,
                                        CodecOf(reader.header(), std::move(center)),
                                        segment->rows(), &segment->bytes));
  }
  PHENIX_RETURN_IF_ERROR(ReadLists(reader, segment));
  PHENIX_RETURN_IF_ERROR(ReadEntries(reader, segment));
  if (!reader.Has(SectionId::kLinks)) return Status::Ok();
  PHENIX_RETURN_IF_ERROR(ReadLinks(reader, segment));
  std::vector<SearchTuning> tuning;
  PHENIX_RETURN_IF_ERROR(reader.ReadVector(SectionId::kTuning, 1, &tuning));
  segment->tuning = tuning.front();
  return Status::Ok();
}

// The primary rows of an exact segment as full rows, for when its derived sections are lost.
FullRows FullFromBytes(const ByteRows& bytes) {
  FullRows full(distance::ElementType::kU8, bytes.codec.dimension(), bytes.count);
  std::vector<float> values(bytes.codec.dimension());
  for (std::size_t row = 0; row < bytes.count; ++row) {
    bytes.codec.DecodeRow(bytes.row(row), values);
    full.Write(row, values);
  }
  return full;
}

}  // namespace

Status WriteSegmentFile(io::FileSystem& file_system, const std::string& path,
                        const Segment& segment) {
  SegmentHeader header = HeaderOf(segment.space, segment.rows(), segment.full.type());
  header.exact_bytes = segment.bytes_are_full() ? 1 : 0;
  header.largest_squared = segment.largest_squared;
  std::vector<std::uint64_t> begins(segment.rows());
  for (std::size_t row = 0; row < begins.size(); ++row) begins[row] = segment.lives.begin(row);
  std::vector<Section> sections = {{SectionId::kIds, BytesOf(segment.ids)},
                                   {SectionId::kBegins, BytesOf(begins)},
                                   {SectionId::kByteRows, BytesOf(segment.bytes.memory)},
                                   {SectionId::kEntries, BytesOf(segment.entry_positions)},
                                   {SectionId::kCentroids, BytesOf(segment.centroids.memory)},
                                   {SectionId::kListStarts, BytesOf(segment.list_starts)}};
  if (!segment.bytes_are_full()) {
    sections.push_back({SectionId::kFullRows, BytesOf(segment.full.memory())});
    sections.push_back({SectionId::kCenter, BytesOf(segment.bytes.codec.center())});
  }
  if (segment.has_graph()) {
    const auto* links = reinterpret_cast<const char*>(segment.graph.links(0));
    sections.push_back({SectionId::kLinks, ByteView(links, segment.graph.size_bytes())});
    sections.push_back({SectionId::kTuning, BytesOfStruct(segment.tuning)});
  }
  return WriteSections(file_system, path, header, sections);
}

Status WriteTailFile(io::FileSystem& file_system, const std::string& path, const Tail& tail,
                     VectorSpace space, std::size_t rows) {
  FullRows full(distance::ElementType::kF32, space.dimension, rows);
  std::vector<std::uint64_t> ids(rows);
  std::vector<std::uint64_t> begins(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const TailRow from = tail.RowAt(row);
    ids[row] = from.id;
    begins[row] = from.begin;
    full.Write(row, from.vector);
  }
  const Section sections[] = {{SectionId::kIds, BytesOf(ids)},
                              {SectionId::kBegins, BytesOf(begins)},
                              {SectionId::kFullRows, BytesOf(full.memory())}};
  return WriteSections(file_system, path, HeaderOf(space, rows, full.type()), sections);
}

Result<ReadPart> ReadSegmentFile(const io::ReadableFile& file, VectorSpace space) {
  SectionReader reader(file);
  PHENIX_RETURN_IF_ERROR(reader.Open(space));
  const SegmentHeader& header = reader.header();
  const std::size_t rows = header.rows;
  ReadPart part;
  PHENIX_RETURN_IF_ERROR(reader.ReadVector(SectionId::kIds, rows, &part.ids));
  PHENIX_RETURN_IF_ERROR(reader.ReadVector(SectionId::kBegins, rows, &part.begins));
  ByteRows exact;
  if (header.exact_bytes != 0) {
    if (header.dimension > distance::kExactDimensionMax) return Damaged("byte rows are too long");
    PHENIX_RETURN_IF_ERROR(
        ReadByteRows(reader, SectionId::kByteRows, CodecOf(header, {}), rows, &exact));
  } else {
    const auto type = static_cast<distance::ElementType>(header.element_type);
    const std::size_t stride =
        distance::RoundUp(header.dimension * distance::ElementBytes(type), distance::kRowAlignment);
    if (reader.SizeOf(SectionId::kFullRows) != stride * rows) return Damaged("rows are missing");
    part.full = FullRows(type, header.dimension, rows);
    PHENIX_RETURN_IF_ERROR(
        reader.ReadRows(SectionId::kFullRows, stride * rows, &part.full.memory()));
  }
  if (reader.Has(SectionId::kByteRows) && rows != 0) {
    auto segment = std::make_shared<Segment>(space, part.ids, part.begins);
    segment->largest_squared = header.largest_squared;
    segment->bytes = std::move(exact);
    if (ReadDerived(reader, segment.get()).ok()) {
      segment->full = std::move(part.full);
      part.segment = std::move(segment);
      return part;
    }
    part.damaged = true;
    exact = std::move(segment->bytes);
  }
  if (header.exact_bytes != 0) part.full = FullFromBytes(exact);
  return part;
}

}  // namespace phenix::index::vector
