// A service over a throw-away database in memory, for tests: requests go in as text.
#ifndef API_SERVICE_FIXTURE_H_
#define API_SERVICE_FIXTURE_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/service.h"
#include "io/clock.h"
#include "io/random.h"
#include "model/value_view.h"
#include "phenix/database.h"

namespace phenix::api {

/// Counts what it is told.
class CountingObserver final : public ServiceObserver {
 public:
  void OnQuery(std::chrono::nanoseconds) override { ++queries; }
  void OnVectorsInserted(std::uint64_t count) override { vectors += count; }
  void OnTransaction(std::chrono::nanoseconds, bool committed) override {
    ++(committed ? transactions_committed : transactions_failed);
  }

  std::atomic<std::uint64_t> queries{0};
  std::atomic<std::uint64_t> vectors{0};
  std::atomic<std::uint64_t> transactions_committed{0};
  std::atomic<std::uint64_t> transactions_failed{0};
};

/// The parsed body of an answer; keeps the document that its values live in.
class Body {
 public:
  explicit Body(const std::string& json) {
    Result<Document> parsed = Document::FromJson(json);
    EXPECT_TRUE(parsed.ok()) << parsed.status().ToString() << "\n" << json;
    if (parsed.ok()) document_ = *std::move(parsed);
  }
  /// JSON of the value at a dotted path, "" if there is none. "[]" is not needed for one element.
  [[nodiscard]] std::string At(std::string_view path) const {
    const Result<std::string> value = document_.ValueAt(path);
    return value.ok() ? *value : std::string();
  }
  /// The string at a path, without quotes.
  [[nodiscard]] std::string Text(std::string_view path) const {
    const std::string json = At(path);
    return json.size() < 2 ? std::string() : json.substr(1, json.size() - 2);
  }

 private:
  Document document_;
};

class ServiceFixture : public testing::Test {
 protected:
  ServiceFixture() : random_(42) {
    options_.state_engine = StateEngine::kMemory;
    options_.signing = SigningMode::kHmac;
    options_.background_maintenance = false;
    // The counter keeps apart the fixtures of one process, the process id those of several.
    static int count = 0;
    directory_ =
        testing::TempDir() + "/api_" + std::to_string(getpid()) + "_" + std::to_string(count++);
    std::filesystem::remove_all(directory_);
    Open();
  }
  ~ServiceFixture() override {
    Close();
    std::filesystem::remove_all(directory_);
  }

  void Open() {
    Result<std::unique_ptr<Database>> database = Database::Open(directory_, options_);
    ASSERT_TRUE(database.ok()) << database.status().ToString();
    database_ = *std::move(database);
    service_ = std::make_unique<Service>(io::SystemClock(), random_, observer_, settings_);
    const Status attached = service_->Attach(*database_);
    ASSERT_TRUE(attached.ok()) << attached.ToString();
  }
  void Close() {
    if (service_ != nullptr) service_->CloseTransactions();
    service_.reset();
    database_.reset();
  }

  Response Send(Method method, std::string target, std::string body = "",
                std::vector<Header> headers = {}) {
    Request request;
    request.method = method;
    request.target = std::move(target);
    request.headers = std::move(headers);
    if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
    request.body = std::move(body);
    return service_->Handle(request);
  }
  /// Sends and expects the status.
  Response Expect(int status, Method method, const std::string& target,
                  const std::string& body = "", std::vector<Header> headers = {}) {
    Response response = Send(method, target, body, std::move(headers));
    EXPECT_EQ(response.status, status) << MethodName(method) << " " << target << " " << body << "\n"
                                       << response.body;
    return response;
  }
  static std::string HeaderOf(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return "";
  }
  static std::string CodeOf(const Response& response) { return Body(response.body).Text("code"); }

  ServiceSettings settings_;
  DatabaseOptions options_;
  io::SeededRandom random_;
  CountingObserver observer_;
  std::string directory_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Service> service_;
};

}  // namespace phenix::api

#endif  // API_SERVICE_FIXTURE_H_
