// PostgresStore: lists and registers as two tables of a PostgreSQL, one connection per session.
//
// Threads:   as Store. Every statement is one round trip, so transactions of sessions interleave.
// Limits:    no edges and no vectors (kUnimplemented); no timestamps.
#ifndef TESTS_ISOLATION_POSTGRES_POSTGRES_STORE_H_
#define TESTS_ISOLATION_POSTGRES_POSTGRES_STORE_H_

#include <memory>
#include <string>
#include <string_view>

#include "tests/isolation/store.h"

namespace phenix::isolation {

class PostgresStore final : public Store {
 public:
  /// `level` as in BEGIN ISOLATION LEVEL, for instance "REPEATABLE READ".
  PostgresStore(std::string connection_string, std::string level)
      : connection_string_(std::move(connection_string)), level_(std::move(level)) {}

  /// Creates the tables anew.
  Status Reset();
  Result<std::unique_ptr<StoreSession>> Connect() override;

 private:
  const std::string connection_string_;
  const std::string level_;
};

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_POSTGRES_POSTGRES_STORE_H_
