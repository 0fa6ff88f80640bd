#include "tests/isolation/postgres/postgres_store.h"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <cstring>
#include <utility>
#include <vector>

namespace phenix::isolation {
namespace {

/// A result of libpq, freed with it.
class PgAnswer {
 public:
  explicit PgAnswer(PGresult* result) : result_(result, &PQclear) {}

  [[nodiscard]] Status status(PGconn* connection) const {
    const ExecStatusType kind = PQresultStatus(result_.get());
    if (kind == PGRES_COMMAND_OK || kind == PGRES_TUPLES_OK) return Status::Ok();
    if (PQstatus(connection) != CONNECTION_OK) {
      return {StatusCode::kUnavailable, PQerrorMessage(connection)};
    }
    const char* sqlstate = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
    const std::string_view code = sqlstate != nullptr ? sqlstate : "";
    // Serialization failure, deadlock, and a key that a concurrent transaction inserted.
    const bool is_conflict = code == "40001" || code == "40P01" || code == "23505";
    return {is_conflict ? StatusCode::kConflict : StatusCode::kInternal,
            PQresultErrorMessage(result_.get())};
  }
  [[nodiscard]] int row_count() const { return PQntuples(result_.get()); }
  [[nodiscard]] std::string_view Value(int row, int column) const {
    return PQgetvalue(result_.get(), row, column);
  }
  [[nodiscard]] std::string_view command_tag() const { return PQcmdStatus(result_.get()); }
  [[nodiscard]] bool changed_nothing() const {
    return std::strcmp(PQcmdTuples(result_.get()), "0") == 0;
  }

 private:
  std::unique_ptr<PGresult, decltype(&PQclear)> result_;
};

Element ParseElement(std::string_view text) {
  Element element = 0;
  std::from_chars(text.data(), text.data() + text.size(), element);
  return element;
}

/// "{1,2,3}".
std::vector<Element> ParseArray(std::string_view text) {
  std::vector<Element> elements;
  text.remove_prefix(1);
  while (text.size() > 1) {
    const std::size_t end = text.find_first_of(",}");
    elements.push_back(ParseElement(text.substr(0, end)));
    text.remove_prefix(end + 1);
    if (text.empty()) break;
  }
  return elements;
}

struct Statement {
  const char* name;
  const char* text;
};
constexpr Statement kStatements[] = {
    {"append",
     "INSERT INTO lists VALUES ($1, ARRAY[$2::bigint]) "
     "ON CONFLICT (key) DO UPDATE SET elements = lists.elements || $2::bigint"},
    {"read_list", "SELECT elements FROM lists WHERE key = $1"},
    {"write",
     "INSERT INTO registers VALUES ($1, $2::bigint) "
     "ON CONFLICT (key) DO UPDATE SET value = $2::bigint"},
    {"delete", "DELETE FROM registers WHERE key = $1"},
    {"read", "SELECT value FROM registers WHERE key = $1"},
    {"find",
     "SELECT key FROM registers WHERE starts_with(key, $1) AND value >= $2::bigint "
     "AND value <= $3::bigint ORDER BY key COLLATE \"C\""},
};

class PostgresTransaction final : public StoreTransaction {
 public:
  PostgresTransaction(PGconn* connection, Level level) : connection_(connection), level_(level) {}
  ~PostgresTransaction() override { Abort(); }

  Status Execute(Operation& operation) override {
    return std::visit([this](auto& op) { return Perform(op); }, operation);
  }
  [[nodiscard]] std::optional<Timestamp> snapshot() const override { return std::nullopt; }
  [[nodiscard]] Level level() const override { return level_; }

  CommitAnswer Commit() override {
    is_open_ = false;
    const PgAnswer answer(PQexec(connection_, "COMMIT"));
    const Status status = answer.status(connection_);
    if (status.code() == StatusCode::kUnavailable) return {Outcome::kUnknown, {}, status};
    if (!status.ok()) return {Outcome::kAborted, {}, status};
    if (answer.command_tag() == "COMMIT") return {};
    return {Outcome::kAborted, {}, Status(StatusCode::kConflict, "rolled back at commit")};
  }
  void Abort() override {
    if (!is_open_) return;
    is_open_ = false;
    const PgAnswer ignored(PQexec(connection_, "ROLLBACK"));
  }

 private:
  PgAnswer Call(const char* name, const std::vector<std::string>& arguments) {
    std::vector<const char*> values;
    for (const std::string& argument : arguments) values.push_back(argument.c_str());
    return PgAnswer(PQexecPrepared(connection_, name, static_cast<int>(values.size()),
                                   values.data(), nullptr, nullptr, 0));
  }

  Status Perform(Append& op) {
    return Call("append", {op.key, std::to_string(op.element)}).status(connection_);
  }
  Status Perform(ReadList& op) {
    const PgAnswer answer = Call("read_list", {op.key});
    PHENIX_RETURN_IF_ERROR(answer.status(connection_));
    op.observed.clear();
    if (answer.row_count() > 0) op.observed = ParseArray(answer.Value(0, 0));
    return Status::Ok();
  }
  Status Perform(Write& op) {
    if (op.value) return Call("write", {op.key, std::to_string(*op.value)}).status(connection_);
    const PgAnswer answer = Call("delete", {op.key});
    PHENIX_RETURN_IF_ERROR(answer.status(connection_));
    if (answer.changed_nothing()) return {StatusCode::kNotFound, "nothing to delete"};
    return Status::Ok();
  }
  Status Perform(Read& op) {
    const PgAnswer answer = Call("read", {op.key});
    PHENIX_RETURN_IF_ERROR(answer.status(connection_));
    op.observed.reset();
    if (answer.row_count() > 0) op.observed = ParseElement(answer.Value(0, 0));
    return Status::Ok();
  }
  Status Perform(PredicateRead& op) {
    const PgAnswer answer =
        Call("find", {op.prefix, std::to_string(op.low), std::to_string(op.high)});
    PHENIX_RETURN_IF_ERROR(answer.status(connection_));
    op.observed.clear();
    for (int row = 0; row < answer.row_count(); ++row) {
      op.observed.emplace_back(answer.Value(row, 0));
    }
    return Status::Ok();
  }
  template <typename Kind>
  Status Perform(Kind&) {
    return {StatusCode::kUnimplemented, "PostgreSQL holds lists and registers only"};
  }

  PGconn* const connection_;
  const Level level_;
  bool is_open_ = true;
};

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

class PostgresSession final : public StoreSession {
 public:
  PostgresSession(Connection connection, Level level)
      : connection_(std::move(connection)), level_(level) {}

  Result<std::unique_ptr<StoreTransaction>> Begin() override {
    const std::string begin = "BEGIN ISOLATION LEVEL " + std::string(PostgresLevelName(level_));
    const PgAnswer answer(PQexec(connection_.get(), begin.c_str()));
    PHENIX_RETURN_IF_ERROR(answer.status(connection_.get()));
    return std::unique_ptr<StoreTransaction>(
        std::make_unique<PostgresTransaction>(connection_.get(), level_));
  }

 private:
  Connection connection_;
  const Level level_;
};

Result<Connection> Open(const std::string& connection_string) {
  Connection connection(PQconnectdb(connection_string.c_str()), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return Status(StatusCode::kUnavailable, PQerrorMessage(connection.get()));
  }
  PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

}  // namespace

std::string_view PostgresLevelName(Level level) {
  switch (level) {
    case Level::kReadCommitted:
      return "READ COMMITTED";
    case Level::kSnapshot:
      return "REPEATABLE READ";
    case Level::kSerializable:
      return "SERIALIZABLE";
  }
  return {};
}

Status PostgresStore::Reset() {
  PHENIX_ASSIGN_OR_RETURN(const Connection connection, Open(connection_string_));
  const PgAnswer answer(
      PQexec(connection.get(),
             "DROP TABLE IF EXISTS lists; DROP TABLE IF EXISTS registers;"
             "CREATE TABLE lists (key text PRIMARY KEY, elements bigint[] NOT NULL);"
             "CREATE TABLE registers (key text PRIMARY KEY, value bigint NOT NULL)"));
  return answer.status(connection.get());
}

Result<std::unique_ptr<StoreSession>> PostgresStore::Connect() {
  PHENIX_ASSIGN_OR_RETURN(Connection connection, Open(connection_string_));
  for (const Statement& statement : kStatements) {
    const PgAnswer answer(PQprepare(connection.get(), statement.name, statement.text, 0, nullptr));
    PHENIX_RETURN_IF_ERROR(answer.status(connection.get()));
  }
  return std::unique_ptr<StoreSession>(
      std::make_unique<PostgresSession>(std::move(connection), level_));
}

}  // namespace phenix::isolation
