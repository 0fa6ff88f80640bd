// Why a write failed, told with the code that fits and the place in the request.
#include <string_view>
#include <utility>

#include "api/calls/write_plan.h"
#include "model/json_writer.h"

namespace phenix::api {
namespace {

/// The fault, if one vector of `put` has another dimension than its field.
std::optional<Fault> DimensionFault(const CollectionSchema& schema, const PutOperation& put) {
  for (const auto& [name, elements] : put.vectors) {
    const auto field = schema.vectors.find(name);
    if (field == schema.vectors.end() || elements.empty()) continue;
    if (elements.size() == field->second.dimension) continue;
    return Fault{name.empty() ? "vector" : "vectors." + name, std::nullopt,
                 std::to_string(field->second.dimension) + " numbers",
                 std::to_string(elements.size())};
  }
  return std::nullopt;
}

bool NamesMissingField(const CollectionSchema& schema, const PutOperation& put) {
  for (const auto& [name, elements] : put.vectors) {
    if (!schema.vectors.contains(name)) return true;
  }
  return false;
}

Code NotFoundCode(Reader& reader, const WriteOperation& operation) {
  const std::string& collection =
      std::visit([](const auto& any) -> const std::string& { return any.collection; }, operation);
  const Result<CollectionSchema> schema = reader.Collection(collection);
  if (!schema.ok()) return Code::kCollectionNotFound;
  if (std::holds_alternative<DeleteEdgeOperation>(operation)) return Code::kEdgeNotFound;
  const auto* put = std::get_if<PutOperation>(&operation);
  if (put != nullptr && NamesMissingField(*schema, *put)) return Code::kVectorFieldNotFound;
  return Code::kEntityNotFound;
}

Code AlreadyExistsCode(Reader& reader, const WriteOperation& operation) {
  const auto* put = std::get_if<PutOperation>(&operation);
  if (put == nullptr || put->mode != PutMode::kInsert) return Code::kUniqueTaken;
  return reader.Get(put->collection, put->id, {}).ok() ? Code::kEntityExists : Code::kUniqueTaken;
}

void RefineCode(Reader& reader, const WriteOperation& operation, Problem& problem,
                StatusCode status) {
  if (status == StatusCode::kNotFound) problem.code = NotFoundCode(reader, operation);
  if (status == StatusCode::kAlreadyExists) problem.code = AlreadyExistsCode(reader, operation);
  const auto* put = std::get_if<PutOperation>(&operation);
  if (status != StatusCode::kInvalidArgument || put == nullptr) return;
  const Result<CollectionSchema> schema = reader.Collection(put->collection);
  if (!schema.ok()) return;
  std::optional<Fault> fault = DimensionFault(*schema, *put);
  if (!fault.has_value()) return;
  problem.code = Code::kVectorDimension;
  problem.errors.push_back(*std::move(fault));
}

}  // namespace

Problem DescribeWriteFailure(Reader& reader, const WritePlan& plan, const WriteFailure& failure) {
  Problem problem = ProblemOf(failure.status);
  const StatusCode status = failure.status.code();
  // An operation behind those of the request is the record of its idempotency key.
  if (!failure.operation.has_value() || *failure.operation >= plan.positions.size()) {
    const bool over_limit = problem.detail.find("transaction_") != std::string::npos;
    if (status == StatusCode::kResourceExhausted) {
      problem.code = over_limit ? Code::kRequestTooLarge : Code::kStorageFull;
    }
    return problem;
  }
  RefineCode(reader, plan.batch.operations[*failure.operation], problem, status);
  if (plan.list.empty()) return problem;
  const std::uint64_t position = plan.positions[*failure.operation];
  const std::string place = plan.list + "[" + std::to_string(position) + "]";
  problem.detail = place + ": " + problem.detail;
  if (problem.errors.empty()) {
    problem.errors.push_back({place, position, "an operation that can be applied",
                              std::string(RowOf(problem.code).name)});
    return problem;
  }
  problem.errors.front().path = place + "." + problem.errors.front().path;
  problem.errors.front().index = position;
  return problem;
}

}  // namespace phenix::api
