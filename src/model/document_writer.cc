#include "model/document_writer.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "model/json_writer.h"
#include "model/path.h"

namespace phenix::model {
namespace {

constexpr std::size_t kVarintBytesMax = 10;
constexpr std::size_t kFirstBufferBytes = 4096;
constexpr std::size_t kKeepMembers = 16'384;

}  // namespace

void DocumentWriter::Reset() {
  if (capacity_ > kKeepBytes) {
    buffer_.reset();
    capacity_ = 0;
  }
  if (members_.capacity() > kKeepMembers) members_ = {};
  size_ = 0;
  open_.clear();
  members_.clear();
  status_ = Status::Ok();
  *Room(1) = static_cast<char>(kDocumentVersion);
  size_ = 1;
}

void DocumentWriter::Grow(std::size_t size_bytes) {
  const std::size_t wanted = std::max({size_ + size_bytes, 2 * capacity_, kFirstBufferBytes});
  std::unique_ptr<char[]> larger(new char[wanted]);
  if (size_ > 0) std::memcpy(larger.get(), buffer_.get(), size_);
  buffer_ = std::move(larger);
  capacity_ = wanted;
}

char* DocumentWriter::PutVarint(char* at, std::uint64_t value) {
  while (value >= 0x80U) {
    *at++ = static_cast<char>(value | 0x80U);
    value >>= 7U;
  }
  *at++ = static_cast<char>(value);
  return at;
}

void DocumentWriter::Int(std::int64_t value) {
  if (value >= 0 && static_cast<std::uint64_t>(value) <= kSmallIntMax) {
    return Tag(static_cast<std::uint8_t>(kTagSmallInt + value));
  }
  char* at = Room(1 + kVarintBytesMax);
  *at = static_cast<char>(kTagInt);
  Wrote(static_cast<std::size_t>(PutVarint(at + 1, ZigzagEncode(value)) - at));
}

void DocumentWriter::Uint(std::uint64_t value) {
  if (value <= INT64_MAX) return Int(static_cast<std::int64_t>(value));
  char* at = Room(1 + kVarintBytesMax);
  *at = static_cast<char>(kTagUint);
  Wrote(static_cast<std::size_t>(PutVarint(at + 1, value) - at));
}

void DocumentWriter::Double(double value) {
  if (!std::isfinite(value)) {
    return Fail(StatusCode::kInvalidArgument, "expected a finite number, got NaN or infinity");
  }
  char* at = Room(1 + sizeof value);
  *at = static_cast<char>(kTagDouble);
  std::memcpy(at + 1, &value, sizeof value);
  Wrote(1 + sizeof value);
}

void DocumentWriter::String(std::string_view value) {
  if (size_ + value.size() > kDocumentBytesMax) {
    return Fail(StatusCode::kResourceExhausted, "the document is larger than 16 MiB");
  }
  char* at = Room(1 + kVarintBytesMax + value.size());
  char* text = at + 1;
  if (value.size() <= kShortStringBytesMax) {
    *at = static_cast<char>(kTagShortString + value.size());
  } else {
    *at = static_cast<char>(kTagString);
    text = PutVarint(text, value.size());
  }
  if (!value.empty()) std::memcpy(text, value.data(), value.size());
  Wrote(static_cast<std::size_t>(text - at) + value.size());
}

void DocumentWriter::Copy(ValueView value) {
  const base::ByteView bytes = value.encoded();
  if (size_ + bytes.size() > kDocumentBytesMax) {
    return Fail(StatusCode::kResourceExhausted, "the document is larger than 16 MiB");
  }
  std::memcpy(Room(bytes.size()), bytes.data(), bytes.size());
  Wrote(bytes.size());
}

void DocumentWriter::Key(std::string_view key) {
  PHENIX_DEBUG_ASSERT(!open_.empty() && open_.back().object);
  if (size_ + key.size() > kDocumentBytesMax) {
    return Fail(StatusCode::kResourceExhausted, "the document is larger than 16 MiB");
  }
  char* at = Room(kVarintBytesMax + key.size());
  char* text = PutVarint(at, key.size());
  if (!key.empty()) std::memcpy(text, key.data(), key.size());
  const auto length_bytes = static_cast<std::size_t>(text - at);
  members_.push_back({static_cast<std::uint32_t>(size_),
                      static_cast<std::uint32_t>(size_ + length_bytes),
                      static_cast<std::uint32_t>(key.size())});
  size_ += length_bytes + key.size();
}

void DocumentWriter::Begin(std::uint8_t tag) {
  if (open_.size() >= kDocumentDepthMax) {
    return Fail(StatusCode::kResourceExhausted, "nesting is deeper than 100");
  }
  Room(kContainerHeadBytes);
  open_.push_back({size_, members_.size(), 0, tag == kTagObject});
  size_ += kContainerHeadBytes;
}

void DocumentWriter::AppendWidth(std::size_t value, std::uint8_t width_exponent) {
  const std::size_t width = std::size_t{1} << width_exponent;
  const auto narrow = static_cast<std::uint32_t>(value);
  std::memcpy(Room(sizeof narrow), &narrow, sizeof narrow);
  size_ += width;
}

void DocumentWriter::SortMembers(const OpenContainer& object) {
  const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(object.first_member);
  const auto by_key = [this](const MemberPosition& a, const MemberPosition& b) {
    return CompareKeys(KeyOf(a), KeyOf(b)) < 0;
  };
  // Sorted input with distinct keys, the usual case, needs one comparison per member.
  const auto not_above = [this](const MemberPosition& a, const MemberPosition& b) {
    return CompareKeys(KeyOf(a), KeyOf(b)) >= 0;
  };
  if (std::adjacent_find(begin, members_.end(), not_above) == members_.end()) return;
  std::sort(begin, members_.end(), by_key);
  const auto same_key = [this](const MemberPosition& a, const MemberPosition& b) {
    return KeyOf(a) == KeyOf(b);
  };
  const auto twice = std::adjacent_find(begin, members_.end(), same_key);
  if (twice == members_.end()) return;
  const std::string key(KeyOf(*twice));
  members_.resize(object.first_member);
  open_.pop_back();
  Fail(StatusCode::kInvalidArgument,
       "expected each key once, got the key " + QuotedForMessage(key) + " twice in one object");
}

void DocumentWriter::End() {
  if (!ok()) return;
  const OpenContainer container = open_.back();
  const std::size_t body = container.start + kContainerHeadBytes;
  const std::uint8_t width_exponent = WidthExponent(size_ - body);
  std::size_t count = container.count;
  if (container.object) {
    SortMembers(container);
    if (!ok()) return;
    count = members_.size() - container.first_member;
    PHENIX_ASSERT(count == container.count);
    for (std::size_t member = container.first_member; member < members_.size(); ++member) {
      AppendWidth(members_[member].start - body, width_exponent);
    }
    members_.resize(container.first_member);
  }
  AppendWidth(count, width_exponent);
  if (size_ > kDocumentBytesMax) {
    return Fail(StatusCode::kResourceExhausted, "the document is larger than 16 MiB");
  }
  const std::uint8_t tag = container.object ? kTagObject : kTagArray;
  char* head = buffer_.get() + container.start;
  head[0] = static_cast<char>(tag + width_exponent);
  const auto size_bytes = static_cast<std::uint32_t>(size_ - body);
  std::memcpy(head + 1, &size_bytes, sizeof size_bytes);
  open_.pop_back();
  if (!open_.empty()) ++open_.back().count;
}

std::string DocumentWriter::PlaceOfLastValue() const {
  std::string place;
  for (const OpenContainer& container : open_) {
    if (!container.object) {
      place += '[' + std::to_string(container.count) + ']';
      continue;
    }
    const auto next = static_cast<std::size_t>(&container - open_.data()) + 1;
    const std::size_t end = next < open_.size() ? open_[next].first_member : members_.size();
    if (end == container.first_member) continue;
    if (!place.empty()) place += '.';
    place += PathKeyText(KeyOf(members_[end - 1]));
  }
  return place.empty() ? std::string("the top level") : ShortenedForMessage(place);
}

void DocumentWriter::Fail(StatusCode code, const std::string& what) {
  if (!ok()) return;
  status_ = Status(code, what + ": at " + PlaceOfLastValue());
}

Result<std::string> DocumentWriter::Finish() {
  if (!ok()) return status_;
  PHENIX_ASSERT(open_.empty());
  return std::string(buffer_.get(), size_);
}

}  // namespace phenix::model
