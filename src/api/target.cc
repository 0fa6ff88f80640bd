#include "api/target.h"

#include <cstddef>
#include <utility>

#include "api/limits.h"
#include "model/document_format.h"

namespace phenix::api {
namespace {

enum class PlusSign : std::uint8_t { kLiteral, kSpace };

int HexValue(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

Result<std::string> Decode(std::string_view text, PlusSign plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '+' && plus == PlusSign::kSpace) {
      decoded.push_back(' ');
      continue;
    }
    if (text[at] != '%') {
      decoded.push_back(text[at]);
      continue;
    }
    const int high = at + 2 < text.size() ? HexValue(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? HexValue(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      return Status(StatusCode::kInvalidArgument, "the target has a broken %-escape");
    }
    decoded.push_back(static_cast<char>(high * 16 + low));
    at += 2;
  }
  if (!model::IsValidUtf8(decoded)) {
    return Status(StatusCode::kInvalidArgument, "the target is not UTF-8 once decoded");
  }
  return decoded;
}

/// Calls `take` with each piece of `text` between separators.
template <typename Take>
Status ForEachPiece(std::string_view text, char separator, Take take) {
  while (true) {
    const std::size_t end = text.find(separator);
    PHENIX_RETURN_IF_ERROR(take(text.substr(0, end)));
    if (end == std::string_view::npos) return Status::Ok();
    text.remove_prefix(end + 1);
  }
}

Status AddParameter(std::string_view piece, Target& target) {
  if (piece.empty()) return Status::Ok();
  const std::size_t equals = piece.find('=');
  const std::string_view raw_value =
      equals == std::string_view::npos ? std::string_view() : piece.substr(equals + 1);
  PHENIX_ASSIGN_OR_RETURN(std::string name, Decode(piece.substr(0, equals), PlusSign::kSpace));
  PHENIX_ASSIGN_OR_RETURN(std::string value, Decode(raw_value, PlusSign::kSpace));
  if (target.parameters.contains(name)) {
    return {StatusCode::kInvalidArgument, "the query names '" + name + "' twice"};
  }
  target.parameters.emplace(std::move(name), std::move(value));
  return Status::Ok();
}

}  // namespace

Result<Target> ParseTarget(std::string_view text) {
  if (text.size() > kRequestTargetBytesMax) {
    return Status(StatusCode::kInvalidArgument,
                  "the target has more than " + std::to_string(kRequestTargetBytesMax) + " bytes");
  }
  if (text.empty() || text.front() != '/') {
    return Status(StatusCode::kInvalidArgument, "the target does not start with '/'");
  }
  Target target;
  const std::size_t question = text.find('?');
  std::string_view path =
      text.substr(1, question == std::string_view::npos ? question : question - 1);
  if (!path.empty()) {
    PHENIX_RETURN_IF_ERROR(ForEachPiece(path, '/', [&](std::string_view piece) -> Status {
      PHENIX_ASSIGN_OR_RETURN(std::string segment, Decode(piece, PlusSign::kLiteral));
      target.segments.push_back(std::move(segment));
      return Status::Ok();
    }));
  }
  if (question == std::string_view::npos) return target;
  PHENIX_RETURN_IF_ERROR(ForEachPiece(text.substr(question + 1), '&', [&](std::string_view piece) {
    return AddParameter(piece, target);
  }));
  return target;
}

}  // namespace phenix::api
