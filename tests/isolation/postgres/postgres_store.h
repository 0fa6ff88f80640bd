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

/// "READ COMMITTED", "REPEATABLE READ" for kSnapshot, "SERIALIZABLE".
std::string_view PostgresLevelName(Level level);

class PostgresStore final : public Store {
 public:
  PostgresStore(std::string connection_string, Level level)
      : connection_string_(std::move(connection_string)), level_(level) {}

  /// Creates the tables anew.
  Status Reset();
  Result<std::unique_ptr<StoreSession>> Connect() override;

 private:
  const std::string connection_string_;
  const Level level_;
};

}  // namespace phenix::isolation

#endif  // TESTS_ISOLATION_POSTGRES_POSTGRES_STORE_H_
