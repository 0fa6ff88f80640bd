// Writes the stored form of a document front to back, in one pass.
//
// The caller keeps the grammar (a key before each member of an object, ends that match) and gives
// valid UTF-8; DocumentBuilder is the checked way in. What depends on the data is checked here:
// depth, size, duplicate keys, doubles that are not finite. The first fault sticks.
// Threads:    one thread at a time.
// Ownership:  owns its buffer, which Reset() keeps for the next document.
#ifndef MODEL_DOCUMENT_WRITER_H_
#define MODEL_DOCUMENT_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/document_format.h"
#include "model/value_view.h"
#include "phenix/document.h"
#include "phenix/status.h"

namespace phenix::model {

class DocumentWriter {
 public:
  DocumentWriter() { Reset(); }

  /// Starts a new document; gives memory beyond kKeepBytes back.
  void Reset();
  [[nodiscard]] bool ok() const { return status_.ok(); }

  // A tag and, where it has one, a value.
  void Tag(std::uint8_t tag) {
    *Room(1) = static_cast<char>(tag);
    Wrote(1);
  }
  void Int(std::int64_t value);
  void Uint(std::uint64_t value);
  void Double(double value);
  void String(std::string_view value);
  void Copy(ValueView value);

  /// `tag` is kTagArray or kTagObject.
  void Begin(std::uint8_t tag);
  /// Ends the container opened last.
  void End();
  void Key(std::string_view key);

  /// The finished document: version byte and root value. The writer then needs Reset().
  Result<std::string> Finish();

  static constexpr std::size_t kKeepBytes = std::size_t{256} << 10U;

 private:
  struct OpenContainer {
    std::size_t start;         // of its tag
    std::size_t first_member;  // in members_
    std::uint32_t count;
    bool object;
  };
  struct MemberPosition {
    std::uint32_t start;   // of the length before the key
    std::uint32_t key_at;  // of the key
    std::uint32_t key_bytes;
  };

  /// `size_bytes` writable bytes at the end of the buffer.
  char* Room(std::size_t size_bytes) {
    if (capacity_ - size_ < size_bytes) Grow(size_bytes);
    return buffer_.get() + size_;
  }
  /// Counts a whole value of `size_bytes` that was put into Room().
  void Wrote(std::size_t size_bytes) {
    size_ += size_bytes;
    if (!open_.empty()) ++open_.back().count;
  }
  void Grow(std::size_t size_bytes);
  char* PutVarint(char* at, std::uint64_t value);
  void AppendWidth(std::size_t value, std::uint8_t width_exponent);
  void SortMembers(const OpenContainer& object);
  void Fail(StatusCode code, const std::string& what);
  [[nodiscard]] std::string_view KeyOf(const MemberPosition& member) const {
    return {buffer_.get() + member.key_at, member.key_bytes};
  }
  [[nodiscard]] std::string PlaceOfLastValue() const;

  std::unique_ptr<char[]> buffer_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::vector<OpenContainer> open_;
  std::vector<MemberPosition> members_;  // of the objects that are open
  Status status_;
};

}  // namespace phenix::model

#endif  // MODEL_DOCUMENT_WRITER_H_
