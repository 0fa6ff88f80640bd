// PostgresServer: a throw-away PostgreSQL of Debian's package postgresql-15, for the checkers'
// sake.
//
// Runs on a unix socket in a scratch directory, as the user `postgres` when started by root (it
// refuses to run as root), and dies with the process that started it.
// Threads:   Start() before any other thread exists, since it forks.
// Durability: none; it does not sync.
#ifndef TESTS_ISOLATION_POSTGRES_POSTGRES_SERVER_H_
#define TESTS_ISOLATION_POSTGRES_POSTGRES_SERVER_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "phenix/status.h"

namespace phenix::isolation {

class PostgresServer {
 public:
  /// Makes a cluster under `scratch_parent` and starts it. Errors: kNotFound when PostgreSQL 15 is
  /// not installed; kInternal with the end of its log when it does not start.
  static Result<std::unique_ptr<PostgresServer>> Start(const std::string& scratch_parent);
  /// Stops the server and removes its directory.
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// For PQconnectdb().
  [[nodiscard]] std::string connection_string() const;

 private:
  explicit PostgresServer(std::string directory) : directory_(std::move(directory)) {}
  [[nodiscard]] Status InitializeCluster();
  [[nodiscard]] Status Launch();
  [[nodiscard]] Status WaitUntilReady();
  /// Forks and runs a program of PostgreSQL as an unprivileged user. Negative on failure.
  [[nodiscard]] pid_t Run(const std::vector<std::string>& command) const;
  [[nodiscard]] std::string LogTail() const;

  std::string directory_;
  pid_t process_ = -1;
};

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_POSTGRES_POSTGRES_SERVER_H_
