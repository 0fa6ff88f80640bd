#include "cli/session.h"

#include <chrono>
#include <cstdlib>

#include "database/directory.h"
#include "io/file_system.h"

namespace phenix::cli {
namespace {

constexpr unsigned kMibShift = 20;
constexpr std::chrono::hours kTransactionAgeMax{24 * 7};
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;

}  // namespace

Result<std::string> Session::Directory() const {
  if (!options_.data.empty()) return options_.data;
  const char* variable = std::getenv(kDataVariable);
  if (variable != nullptr && *variable != '\0') return std::string(variable);
  return Status(StatusCode::kInvalidArgument,
                "which database? Give --data DIR, or DIR as the first argument, or set " +
                    std::string(kDataVariable));
}

Result<std::unique_ptr<Database>> Session::Open(bool long_running) const {
  PHENIX_ASSIGN_OR_RETURN(const std::string directory, Directory());
  const auto format = database::ReadFormat(io::PosixFileSystem(), directory);
  if (!format.ok() && format.status().code() == StatusCode::kNotFound) {
    return Status(
        StatusCode::kNotFound,
        "'" + directory + "' holds no database; make one with `phenix init " + directory + "`");
  }
  if (!format.ok()) return format.status();
  DatabaseOptions options;
  options.create_if_missing = false;
  options.state_engine = format->state_engine;
  options.signing = format->signing;
  options.encryption.enabled = format->encrypted;
  if (format->encrypted) {
    if (options_.kms.empty()) {
      return Status(StatusCode::kInvalidArgument,
                    "'" + directory +
                        "' is encrypted; say where its master key is with --kms file:PATH or " +
                        std::string(kKmsVariable));
    }
    options.encryption.kms_endpoint = options_.kms;
  }
  options.memory_budget_bytes = options_.memory_mib << kMibShift;
  options.transaction_age_max = kTransactionAgeMax;
  options.background_maintenance = long_running;
  return Database::Open(directory, options);
}

Result<std::string> Session::ReadInput(std::size_t size_bytes_max) {
  std::string text;
  while (in_) {
    const std::size_t size_bytes = text.size();
    text.resize(size_bytes + kReadBytes);
    in_.read(text.data() + size_bytes, static_cast<std::streamsize>(kReadBytes));
    text.resize(size_bytes + static_cast<std::size_t>(in_.gcount()));
    if (text.size() > size_bytes_max) {
      return Status(StatusCode::kResourceExhausted, "standard input: expected at most " +
                                                        std::to_string(size_bytes_max) + " bytes");
    }
  }
  if (in_.bad()) return Status(StatusCode::kIoError, "standard input cannot be read");
  return text;
}

bool IsJsonOrStandardInput(const std::string& word) {
  return word == "-" || (!word.empty() && word.front() == '{');
}

}  // namespace phenix::cli
