#include "api/json/page_token.h"

#include "api/json/object_fields.h"
#include "base/bytes.h"
#include "base/checksum.h"

namespace phenix::api {
namespace {

Problem BadToken(const std::string& got) {
  return InvalidRequest(
      {{"cursor", std::nullopt, "the next_cursor of an earlier page of the same request", got}});
}

}  // namespace

std::uint32_t PageDigest(std::initializer_list<std::string_view> parts) {
  std::string bytes;
  for (const std::string_view part : parts) base::PutLengthPrefixed(bytes, part);
  return base::Crc32c(bytes);
}

Attempt<PageToken> ReadPageToken(std::string_view text, std::uint32_t digest,
                                 std::optional<std::uint64_t> as_of) {
  PageToken token;
  if (text.empty()) return token;
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return BadToken("another text");
  const auto timestamp = ParseDecimal(text.substr(0, first));
  const auto bound = ParseDecimal(text.substr(first + 1, second - first - 1));
  if (!timestamp.has_value() || !bound.has_value()) return BadToken("another text");
  if (*bound != digest) return BadToken("the cursor of another request");
  if (as_of.has_value() && *as_of != *timestamp) return BadToken("a cursor of another timestamp");
  token.snapshot_timestamp = *timestamp;
  token.digest = digest;
  token.inner = text.substr(second + 1);
  return token;
}

void WritePageToken(JsonText& json, const PageToken& token) {
  json.Key("next_cursor");
  if (token.inner.empty()) {
    json.Raw("null");
    return;
  }
  json.String(TimestampText(token.snapshot_timestamp) + "." + std::to_string(token.digest) + "." +
              token.inner);
}

void WriteWarnings(JsonText& json, const std::vector<std::string>& warnings) {
  json.Key("warnings").BeginArray();
  for (const std::string& warning : warnings) json.String(warning);
  json.End();
}

}  // namespace phenix::api
