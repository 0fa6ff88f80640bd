#include "api/problem.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "phenix/document.h"

namespace phenix::api {
namespace {

TEST(Problem, HasARowForEveryCodeAndOneStatusPerName) {
  std::set<std::pair<std::string_view, int>> seen;
  for (const CodeRow& row : AllCodes()) {
    EXPECT_EQ(&RowOf(row.code), &row);
    EXPECT_TRUE(seen.emplace(row.name, row.status).second) << row.name;
    EXPECT_GE(row.status, 400);
    EXPECT_LT(row.status, 600);
  }
}

TEST(Problem, SaysWhatEveryStatusOfTheLibraryMeans) {
  struct Meaning {
    StatusCode status;
    std::string_view name;
    int http;
    bool retryable;
  };
  const Meaning meanings[] = {
      {StatusCode::kInvalidArgument, "request.invalid", 422, false},
      {StatusCode::kNotFound, "entity.not_found", 404, false},
      {StatusCode::kAlreadyExists, "entity.exists", 409, false},
      {StatusCode::kPreconditionFailed, "precondition.failed", 412, false},
      {StatusCode::kConflict, "tx.conflict", 409, true},
      {StatusCode::kUnavailable, "unavailable", 503, true},
      {StatusCode::kDeadlineExceeded, "timeout", 504, true},
      {StatusCode::kResourceExhausted, "limit.exceeded", 422, false},
      {StatusCode::kPermissionDenied, "auth.forbidden", 403, false},
      {StatusCode::kCorruption, "storage.failed", 500, false},
      {StatusCode::kIoError, "storage.failed", 500, false},
      {StatusCode::kUnknownOutcome, "tx.unknown_outcome", 503, false},
      {StatusCode::kUnimplemented, "unimplemented", 501, false},
      {StatusCode::kInternal, "internal", 500, false},
  };
  for (const Meaning& meaning : meanings) {
    const CodeRow& row = RowOf(ProblemOf(Status(meaning.status, "x")).code);
    EXPECT_EQ(row.name, meaning.name);
    EXPECT_EQ(row.status, meaning.http) << row.name;
    EXPECT_EQ(row.retryable, meaning.retryable) << row.name;
  }
}

TEST(Problem, WritesTextThatIsNotUtf8AsJson) {
  Problem problem{.code = Code::kEntityNotFound, .detail = "entity '\xff\xfe\"\n' is not there"};
  const Response response = ResponseOf(problem, "id");
  EXPECT_TRUE(Document::FromJson(response.body).ok()) << response.body;
}

TEST(Problem, ListsAFewFaultsOfMany) {
  std::vector<Fault> faults(1'000, Fault{"a", 1, "b", "c"});
  const Problem problem = InvalidRequest(std::move(faults));
  EXPECT_EQ(problem.errors.size(), 16U);
  EXPECT_EQ(problem.detail, "a: expected b, got c");
}

}  // namespace
}  // namespace phenix::api
