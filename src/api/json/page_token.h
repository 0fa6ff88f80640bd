// PageToken: the cursor that a client passes back. It binds the page to the snapshot it was read
// at and to the request it belongs to.
//
// Format:     "<timestamp>.<digest>.<inner>", numbers in decimal; opaque to clients, no secret.
#ifndef API_JSON_PAGE_TOKEN_H_
#define API_JSON_PAGE_TOKEN_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/json/json_text.h"
#include "api/problem.h"

namespace phenix::api {

struct PageToken {
  std::uint64_t snapshot_timestamp = 0;
  std::uint32_t digest = 0;
  std::string inner;  ///< cursor of the library, or a position
};

/// Stands for the parts of a request that its cursor is bound to.
std::uint32_t PageDigest(std::initializer_list<std::string_view> parts);
/// An empty text is an empty token. Problems: kRequestInvalid when malformed, of another request,
/// or of another timestamp than `as_of`.
Attempt<PageToken> ReadPageToken(std::string_view text, std::uint32_t digest,
                                 std::optional<std::uint64_t> as_of);
/// "next_cursor": null when the inner part is empty.
void WritePageToken(JsonText& json, const PageToken& token);
/// "warnings": [...].
void WriteWarnings(JsonText& json, const std::vector<std::string>& warnings);

}  // namespace phenix::api

#endif  // API_JSON_PAGE_TOKEN_H_
