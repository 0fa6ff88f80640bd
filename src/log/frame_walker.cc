#include "log/frame_walker.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace phenix::log {
namespace {

constexpr std::uint64_t kSectorBytes = 512;

std::string Differs(const char* field, std::uint64_t expected, std::uint64_t got) {
  return std::string(field) + " differs: expected=" + std::to_string(expected) +
         " got=" + std::to_string(got);
}

}  // namespace

FrameWalker::FrameWalker(io::FileSystem& file_system, FrameChecker& checker, Options options)
    : file_system_(file_system),
      checker_(checker),
      options_(std::move(options)),
      position_(options_.start) {}

std::optional<LogSequence> FrameWalker::segment() const {
  if (next_segment_ == 0) return std::nullopt;
  return options_.segments[next_segment_ - 1];
}

WalkedFrame FrameWalker::Finding(FrameFinding finding, std::string what) const {
  WalkedFrame frame;
  frame.finding = finding;
  frame.segment = segment().value_or(LogSequence(0));
  frame.offset = offset_;
  frame.what = std::move(what);
  return frame;
}

Result<bool> FrameWalker::MoveToNextSegment() {
  if (InLastSegment()) return false;
  PHENIX_ASSIGN_OR_RETURN(
      SegmentReader reader,
      SegmentReader::Open(file_system_, options_.directory, options_.segments[next_segment_]));
  reader_.emplace(std::move(reader));
  ++next_segment_;
  offset_ = 0;
  return true;
}

Result<WalkedFrame> FrameWalker::Next(ReadDepth depth) {
  while (!reader_.has_value() || offset_ == reader_->size_bytes()) {
    const bool empty_before_last = reader_.has_value() && offset_ == 0 && !InLastSegment();
    if (empty_before_last)
      return Finding(FrameFinding::kBad, "an empty segment before another one");
    PHENIX_ASSIGN_OR_RETURN(const bool moved, MoveToNextSegment());
    if (!moved) return Finding(FrameFinding::kEnd, "");
    if (*segment() != position_.next) {
      return Finding(FrameFinding::kBad, Differs("first sequence of the segment",
                                                 position_.next.value(), segment()->value()));
    }
  }
  PHENIX_ASSIGN_OR_RETURN(const ByteView encoded, reader_->Peek(offset_, kFrameHeaderBytes));
  if (encoded.size() == kFrameHeaderBytes) return ReadFrame(encoded, depth);
  PHENIX_ASSIGN_OR_RETURN(const bool zero_tail, ClosesTheLog(offset_));
  if (zero_tail) return Finding(FrameFinding::kEnd, "");
  return Judge("the file ends inside a frame header", true);
}

Result<WalkedFrame> FrameWalker::ReadFrame(ByteView encoded, ReadDepth depth) {
  const Result<FrameHeader> header = DecodeFrameHeader(encoded);
  if (!header.ok()) {
    PHENIX_ASSIGN_OR_RETURN(const bool zero_tail, ClosesTheLog(offset_));
    if (zero_tail) return Finding(FrameFinding::kEnd, "");
    PHENIX_ASSIGN_OR_RETURN(const bool unwritten,
                            LooksUnwritten(offset_, offset_ + kFrameHeaderBytes));
    return Judge(std::string(header.status().message()), unwritten);
  }
  // A header with a right checksum was written whole, so what is wrong with it is no torn write.
  std::string what = CheckPlace(*header);
  if (!what.empty()) return Finding(FrameFinding::kBad, std::move(what));
  const Status checked = checker_.Check(encoded.data(), *header, depth);
  if (!checked.ok()) return Finding(FrameFinding::kBad, std::string(checked.message()));

  WalkedFrame frame = Finding(FrameFinding::kValid, "");
  frame.header = *header;
  frame.chain_head = FrameChainHead(encoded.data());
  const std::uint64_t end = offset_ + header->FrameBytes();
  if (end > reader_->size_bytes()) return Judge("the file ends inside a frame body", true);
  bool read_body = depth == ReadDepth::kBodies;
  if (!read_body) {
    PHENIX_ASSIGN_OR_RETURN(read_body, ClosesTheLog(end));
  }
  if (read_body) {
    PHENIX_ASSIGN_OR_RETURN(frame, ReadBody(std::move(frame)));
    if (frame.finding != FrameFinding::kValid) return frame;
  }
  position_ = {.next = NextSequence(header->sequence),
               .previous_hash = frame.chain_head,
               .next_record_number = header->first_record_number + header->record_count,
               .epoch = header->epoch,
               .lane = header->lane};
  offset_ = end;
  return frame;
}

std::string FrameWalker::CheckPlace(const FrameHeader& header) const {
  if (position_.lane.has_value() && header.lane != *position_.lane) {
    return Differs("lane", position_.lane->value(), header.lane.value());
  }
  if (header.sequence != position_.next) {
    return Differs("sequence", position_.next.value(), header.sequence.value());
  }
  if (header.previous_hash != position_.previous_hash) {
    return "chain differs: the hash of the frame before is not the one carried";
  }
  if (header.first_record_number != position_.next_record_number) {
    return Differs("first record number", position_.next_record_number, header.first_record_number);
  }
  if (!position_.epoch.has_value()) return "";
  const bool fence = header.Has(kFrameFlagFence);
  if (fence ? header.epoch <= *position_.epoch : header.epoch != *position_.epoch) {
    return Differs(fence ? "epoch of a fence" : "epoch", position_.epoch->value(),
                   header.epoch.value());
  }
  return "";
}

Result<WalkedFrame> FrameWalker::ReadBody(WalkedFrame frame) {
  FrameBuffer body(static_cast<std::size_t>(frame.header.body_bytes));
  PHENIX_RETURN_IF_ERROR(reader_->Read(offset_ + kFrameHeaderBytes, body.size(), body.data()));
  if (FrameBodyHashMatches(frame.header, body.view())) {
    frame.body = std::move(body);
    return frame;
  }
  const std::uint64_t end = offset_ + frame.header.FrameBytes();
  PHENIX_ASSIGN_OR_RETURN(const bool newest, ClosesTheLog(end));
  PHENIX_ASSIGN_OR_RETURN(const bool unwritten, LooksUnwritten(offset_, end));
  return Judge("body hash differs", newest && unwritten);
}

/// True if nothing but zeros lies from `end` on, and there is no further segment.
Result<bool> FrameWalker::ClosesTheLog(std::uint64_t end) {
  if (options_.tail == TailRule::kWhole || !InLastSegment()) return false;
  PHENIX_ASSIGN_OR_RETURN(const ByteView begin, reader_->Peek(end, kFrameHeaderBytes));
  if (begin.find_first_not_of('\0') != ByteView::npos) return false;
  return reader_->IsZero(end, reader_->size_bytes());
}

/// Decides between torn and bad for what starts at offset_.
Result<WalkedFrame> FrameWalker::Judge(std::string what, bool looks_unfinished) {
  if (options_.tail == TailRule::kWhole || !InLastSegment()) {
    return Finding(FrameFinding::kBad, std::move(what));
  }
  PHENIX_ASSIGN_OR_RETURN(const std::optional<std::uint64_t> later, FindLaterFrame());
  if (later.has_value()) {
    return Finding(FrameFinding::kBad,
                   what + "; a valid frame follows at offset=" + std::to_string(*later));
  }
  if (!looks_unfinished) {
    return Finding(FrameFinding::kBad, what + "; the frame is complete, so it was not torn");
  }
  return Finding(FrameFinding::kTorn, std::move(what));
}

/// The offset of a later frame of this log behind offset_. Only one with a sequence still to come
/// counts, so that a copy of an older frame inside somebody's payload means nothing.
Result<std::optional<std::uint64_t>> FrameWalker::FindLaterFrame() {
  std::uint64_t offset = offset_ + 1;
  while (offset < reader_->size_bytes()) {
    PHENIX_ASSIGN_OR_RETURN(const ByteView window,
                            reader_->Peek(offset, SegmentReader::kWindowBytes));
    if (window.size() < kFrameHeaderBytes) break;
    std::size_t found = window.find(kFrameMagic);
    if (found == ByteView::npos) {
      offset += window.size() - kFrameMagic.size() + 1;
      continue;
    }
    offset += found;
    PHENIX_ASSIGN_OR_RETURN(const ByteView encoded, reader_->Peek(offset, kFrameHeaderBytes));
    const Result<FrameHeader> header = DecodeFrameHeader(encoded);
    if (header.ok() && header->sequence > position_.next &&
        header->lane == position_.lane.value_or(header->lane) &&
        checker_.Check(encoded.data(), *header, ReadDepth::kBodies).ok()) {
      return std::optional(offset);
    }
    ++offset;
  }
  return std::optional<std::uint64_t>();
}

/// True if a sector, or the part of one that lies in [begin, end), is all zero.
Result<bool> FrameWalker::LooksUnwritten(std::uint64_t begin, std::uint64_t end) {
  while (begin < end) {
    const std::uint64_t sector_end = std::min(end, (begin / kSectorBytes + 1) * kSectorBytes);
    PHENIX_ASSIGN_OR_RETURN(const bool zero, reader_->IsZero(begin, sector_end));
    if (zero) return true;
    begin = sector_end;
  }
  return false;
}

}  // namespace phenix::log
