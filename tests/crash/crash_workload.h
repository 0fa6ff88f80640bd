// Transactions whose outcome can be judged afterwards: each writes several entities, vectors and
// edges that all carry the transaction's number.
//
// Writer w runs the transactions 1, 2, 3, ... one after another. Transaction n puts the group of
// entities of slot n % slots (or deletes it, when n is a multiple of kDeleteEvery) and the entity
// "head-w", which holds n. So the newest number that is visible gives the whole expected state of a
// writer, and anything else is a transaction that is lost or there in part.
// Threads: const; any.
#ifndef TESTS_CRASH_CRASH_WORKLOAD_H_
#define TESTS_CRASH_CRASH_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "phenix/database.h"

namespace phenix::crash {

inline constexpr const char* kCollection = "crash";

struct WorkloadShape {
  std::uint64_t slots = 6;
  std::uint64_t group_entities = 4;
  std::size_t padding_bytes = 60;  ///< per document; differs from transaction to transaction
};

/// What a writer knows of its transactions.
struct Acknowledged {
  std::uint64_t low = 0;   ///< every one up to here was acknowledged
  std::uint64_t high = 0;  ///< none above was ever begun, or it was refused
};

class CrashWorkload {
 public:
  explicit CrashWorkload(const WorkloadShape& shape) : shape_(shape) {}

  /// Creates the collection; OK when it is there.
  [[nodiscard]] Status Setup(Database& database) const;
  /// Commits transaction `number`; odd ones as a batch, even ones interactively.
  [[nodiscard]] Status Commit(Database& database, unsigned writer, std::uint64_t number) const;
  /// The newest number of `writer` that is visible; 0 when there is none.
  [[nodiscard]] static Result<std::uint64_t> Newest(Database& database, unsigned writer);

  /// Compares everything with what writers 0, 1, ... acknowledged. Empty when right, else what is
  /// wrong.
  [[nodiscard]] std::string Check(Database& database,
                                  const std::vector<Acknowledged>& acknowledged) const;

 private:
  struct Counts {
    std::uint64_t entities = 0;
    std::uint64_t vectors = 0;
  };

  [[nodiscard]] std::vector<WriteOperation> Operations(unsigned writer, std::uint64_t number) const;
  [[nodiscard]] PutOperation GroupPut(unsigned writer, std::uint64_t number,
                                      std::uint64_t member) const;
  /// The transaction that wrote `slot` last, of those up to `newest`; 0 for none.
  [[nodiscard]] std::uint64_t LastInSlot(std::uint64_t slot, std::uint64_t newest) const;
  [[nodiscard]] std::string CheckWriter(Reader& reader, unsigned writer, std::uint64_t newest,
                                        Counts& counts) const;
  [[nodiscard]] std::string CheckGroup(Reader& reader, unsigned writer, std::uint64_t number,
                                       std::uint64_t slot) const;
  [[nodiscard]] static std::string CheckTotals(Reader& reader, const Counts& counts);

  const WorkloadShape shape_;
};

}  // namespace phenix::crash

#endif  // TESTS_CRASH_CRASH_WORKLOAD_H_
