// PUT, PATCH, GET, DELETE /collections.
#include <optional>
#include <utility>

#include "api/calls/calls.h"
#include "api/json/json_text.h"
#include "api/json/schema_json.h"
#include "api/write_answer.h"

namespace phenix::api {
namespace {

/// A schema belongs to no transaction, and the name must be one that clients may use.
std::optional<Problem> RefuseCall(const Call& call) {
  if (!TransactionIdOf(call).empty()) {
    return InvalidRequest(
        {{"X-Tx-Id", std::nullopt, "no transaction around a change of schema", "a transaction"}});
  }
  return CheckCollectionName(call.name);
}

Response SchemaResponse(const CollectionSchema& schema, int status) {
  JsonText json;
  WriteSchema(json, schema);
  return {.status = status, .headers = {}, .body = json.Take()};
}

Attempt<CollectionSchema> ReadSchemaBody(const Call& call) {
  std::optional<Problem> refused = RefuseCall(call);
  if (refused.has_value()) return *std::move(refused);
  Attempt<Document> body = ReadOptionalBody(call);
  if (!body.ok()) return body.TakeProblem();
  Faults faults;
  CollectionSchema schema = ReadSchema(call.name, model::RootOf(*body), faults);
  if (!faults.empty()) return InvalidRequest(std::move(faults));
  return schema;
}

Problem SchemaProblem(const Status& status) {
  Problem problem = ProblemOf(status);
  if (status.code() == StatusCode::kNotFound) problem.code = Code::kCollectionNotFound;
  if (status.code() == StatusCode::kAlreadyExists) problem.code = Code::kCollectionExists;
  return problem;
}

}  // namespace

Attempt<Response> ListCollections(Call& call) {
  Attempt<CallReader> reader = CallReader::Open(call, std::nullopt);
  if (!reader.ok()) return reader.TakeProblem();
  const Result<std::vector<CollectionSchema>> schemas = (**reader).Collections();
  if (!schemas.ok()) return ProblemOf(schemas.status());
  JsonText json;
  json.BeginObject().Key("collections").BeginArray();
  for (const CollectionSchema& schema : *schemas) {
    if (!schema.name.starts_with(kReservedPrefix)) WriteSchema(json, schema);
  }
  json.End().End();
  return Response{.headers = {}, .body = json.Take()};
}

Attempt<Response> GetCollection(Call& call) {
  std::optional<Problem> refused = CheckCollectionName(call.name);
  if (refused.has_value()) return *std::move(refused);
  Attempt<CallReader> reader = CallReader::Open(call, std::nullopt);
  if (!reader.ok()) return reader.TakeProblem();
  const Result<CollectionSchema> schema = (**reader).Collection(call.name);
  if (!schema.ok()) return SchemaProblem(schema.status());
  return SchemaResponse(*schema, 200);
}

Attempt<Response> PutCollection(Call& call) {
  Attempt<CollectionSchema> schema = ReadSchemaBody(call);
  if (!schema.ok()) return schema.TakeProblem();
  const Result<std::unique_ptr<Reader>> reader = call.parts.database.SnapshotAt(std::nullopt);
  if (!reader.ok()) return ProblemOf(reader.status());
  const bool existed = (*reader)->Collection(call.name).ok();
  const Status created = call.parts.database.CreateCollection(*schema);
  if (!created.ok()) return SchemaProblem(created);
  return SchemaResponse(*schema, existed ? 200 : 201);
}

Attempt<Response> AlterCollection(Call& call) {
  Attempt<CollectionSchema> schema = ReadSchemaBody(call);
  if (!schema.ok()) return schema.TakeProblem();
  const Status altered = call.parts.database.AlterCollection(*schema);
  if (!altered.ok()) return SchemaProblem(altered);
  return SchemaResponse(*schema, 200);
}

Attempt<Response> DropCollection(Call& call) {
  std::optional<Problem> refused = RefuseCall(call);
  if (refused.has_value()) return *std::move(refused);
  const Status dropped = call.parts.database.DropCollection(call.name);
  if (!dropped.ok()) return SchemaProblem(dropped);
  return Response{.headers = {}, .body = "{}"};
}

}  // namespace phenix::api
