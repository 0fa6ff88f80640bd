// Any method, target and body: one answer with a good JSON body, and the server goes on.
//
// Input: byte 0 chooses the method and the headers, then the target up to a line feed, then the
// body.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "api/service.h"
#include "base/assert.h"
#include "io/clock.h"
#include "io/random.h"
#include "phenix/database.h"

namespace phenix::api {
namespace {

class SilentObserver final : public ServiceObserver {
 public:
  void OnQuery(std::chrono::nanoseconds) override {}
  void OnVectorsInserted(std::uint64_t) override {}
  void OnTransaction(std::chrono::nanoseconds, bool) override {}
};

/// A service over a database in memory. Never destroyed: at the end of the process the libraries it
/// needs for closing are gone already. Only its files are removed.
struct FuzzedService {
  FuzzedService() {
    std::string pattern = (std::filesystem::temp_directory_path() / "request_fuzz_XXXXXX").string();
    directory = mkdtemp(pattern.data());
    DatabaseOptions options;
    options.state_engine = StateEngine::kMemory;
    options.signing = SigningMode::kHmac;
    options.background_maintenance = false;
    Result<std::unique_ptr<Database>> opened = Database::Open(directory + "/db", options);
    PHENIX_ASSERT(opened.ok());
    database = *std::move(opened);
    PHENIX_ASSERT(service.Attach(*database).ok());
  }
  /// Removes the files, and says what the inputs came to.
  void Finish() const {
    std::filesystem::remove_all(directory);
    std::printf("[ covered  ] %llu requests served, %llu refused\n", served, refused);
  }

  std::string directory;
  unsigned long long served = 0;
  unsigned long long refused = 0;
  std::unique_ptr<Database> database;
  SilentObserver observer;
  io::SeededRandom random{7};
  Service service{io::SystemClock(), random, observer, {}};
};

Request RequestOf(std::string_view input) {
  Request request;
  const auto choice = static_cast<std::uint8_t>(input.front());
  request.method = static_cast<Method>(choice % 6);
  request.headers.emplace_back("content-type", "application/json");
  if ((choice & 0x40U) != 0) request.headers.emplace_back("idempotency-key", "key");
  if ((choice & 0x80U) != 0) request.headers.emplace_back("if-match", "\"1\"");
  input.remove_prefix(1);
  const std::size_t line_end = input.find('\n');
  request.target = input.substr(0, line_end);
  if (line_end != std::string_view::npos) request.body = input.substr(line_end + 1);
  return request;
}

}  // namespace
}  // namespace phenix::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static phenix::api::FuzzedService& target = *new phenix::api::FuzzedService();
  [[maybe_unused]] static const int registered = std::atexit([] { target.Finish(); });
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const phenix::api::Response response = target.service.Handle(phenix::api::RequestOf(input));
  ++(response.status < 300 ? target.served : target.refused);
  PHENIX_ASSERT(response.status >= 200 && response.status < 600 && response.status != 500);
  PHENIX_ASSERT(phenix::Document::FromJson(response.body).ok());
  return 0;
}
