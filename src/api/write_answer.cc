#include "api/write_answer.h"

#include <utility>

#include "api/json/json_text.h"
#include "api/limits.h"
#include "base/bytes.h"
#include "model/document_builder.h"
#include "model/value_view.h"
#include "security/digest.h"
#include "security/hex.h"

namespace phenix::api {
namespace {

std::string Opened(const WriteAnswer& answer) {
  std::string body = "{" + answer.head;
  if (!answer.head.empty()) body.push_back(',');
  return body;
}

}  // namespace

Response RenderCommitted(const WriteAnswer& answer, std::uint64_t commit_timestamp) {
  Response response;
  const std::string quoted = "\"" + TimestampText(commit_timestamp) + "\"";
  response.body = Opened(answer) + "\"commit_ts\":" + quoted;
  if (answer.versions == WriteAnswer::Versions::kOne) {
    response.body += ",\"version\":" + quoted;
    response.headers.emplace_back("ETag", quoted);
  }
  if (answer.versions == WriteAnswer::Versions::kList) {
    response.body += ",\"versions\":[";
    for (std::uint64_t position = 0; position < answer.version_count; ++position) {
      if (position > 0) response.body.push_back(',');
      response.body += quoted;
    }
    response.body.push_back(']');
  }
  response.body.push_back('}');
  return response;
}

Response RenderStaged(const WriteAnswer& answer) {
  Response response;
  response.body = Opened(answer) + "\"commit_ts\":null}";
  return response;
}

std::string RequestDigest(const Request& request) {
  std::string bytes;
  base::PutLengthPrefixed(bytes, MethodName(request.method));
  base::PutLengthPrefixed(bytes, request.target);
  base::PutLengthPrefixed(bytes, request.body);
  return security::HexOf(security::AsView(security::Sha256Of(bytes)));
}

Result<PutOperation> RememberOperation(std::string_view key, const std::string& digest,
                                       const WriteAnswer& answer) {
  model::DocumentBuilder builder;
  builder.Key("digest").String(digest);
  builder.Key("head").String(answer.head);
  builder.Key("versions").Uint(static_cast<std::uint64_t>(answer.versions));
  builder.Key("count").Uint(answer.version_count);
  PutOperation put;
  put.collection = kRequestsCollection;
  put.id = key;
  put.mode = PutMode::kInsert;
  put.time_to_live = kIdempotencyMemory;
  PHENIX_ASSIGN_OR_RETURN(put.document, builder.Finish());
  return put;
}

Result<Remembered> ReadRemembered(const Entity& record) {
  const model::ValueView root = model::RootOf(record.document);
  const model::ValueView digest = root.Find("digest");
  const model::ValueView head = root.Find("head");
  const model::ValueView versions = root.Find("versions");
  const model::ValueView count = root.Find("count");
  const bool good = digest.type() == model::ValueType::kString &&
                    head.type() == model::ValueType::kString &&
                    versions.type() == model::ValueType::kInt && versions.AsInt() >= 0 &&
                    versions.AsInt() <= static_cast<std::int64_t>(WriteAnswer::Versions::kList) &&
                    count.type() == model::ValueType::kInt && count.AsInt() >= 0;
  if (!good) return Status(StatusCode::kCorruption, "a remembered request is malformed");
  Remembered remembered;
  remembered.digest = digest.AsString();
  remembered.answer.head = head.AsString();
  remembered.answer.versions = static_cast<WriteAnswer::Versions>(versions.AsInt());
  remembered.answer.version_count = static_cast<std::uint64_t>(count.AsInt());
  return remembered;
}

}  // namespace phenix::api
