// Options: how a database directory is opened, and how a transaction or a write is run.
// Units: sizes in bytes, times as std::chrono; every default is stated beside its field.
#ifndef PHENIX_OPTIONS_H_
#define PHENIX_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace phenix {

/// What carries the signature of a log frame. With kEd25519 or kBoth the public key alone verifies.
enum class SigningMode : std::uint8_t { kHmac, kEd25519, kBoth };

/// Which engine holds the state. kMemory is an ordered map for tests and throw-away databases: its
/// log is durable like the other's, its state is rebuilt from the log at every opening.
enum class StateEngine : std::uint8_t { kRocksDb, kMemory };

struct EncryptionOptions {
  bool enabled = false;
  /// Where the customer master key lives: "file:PATH" (development). Required when enabled.
  std::string kms_endpoint;
};

/// How a directory is opened.
struct DatabaseOptions {
  bool create_if_missing = true;
  StateEngine state_engine = StateEngine::kRocksDb;
  /// Fixed when the directory is created; opening with another value is kInvalidArgument.
  EncryptionOptions encryption;
  SigningMode signing = SigningMode::kBoth;
  /// Compress log frames with zstd where that makes them smaller.
  bool compress_log = true;
  /// Caches and write buffers together stay below this.
  std::uint64_t memory_budget_bytes = std::uint64_t{1} << 30U;
  /// How far back `as_of` reads and the change feed reach.
  std::chrono::milliseconds retention = std::chrono::hours(1);
  /// A snapshot or transaction older than this no longer holds versions back: its reads and its
  /// commit answer kDeadlineExceeded.
  std::chrono::milliseconds transaction_age_max = std::chrono::minutes(10);
  std::uint64_t transaction_operations_max = 10'000;
  std::uint64_t transaction_bytes_max = std::uint64_t{32} << 20U;
  /// A checkpoint is taken when this much log was written since the last one.
  std::uint64_t checkpoint_log_bytes = std::uint64_t{256} << 20U;
  /// Collect old versions, expire entities and take checkpoints in a thread of the database's own.
  /// When false, the owner calls Database::Maintain().
  bool background_maintenance = true;
};

/// kSnapshot: reads see one snapshot, and of two transactions that write the same thing the first
/// to commit wins (write skew is possible). kSerializable: as if transactions ran one after
/// another.
enum class Isolation : std::uint8_t { kSnapshot, kSerializable };

struct TransactionOptions {
  Isolation isolation = Isolation::kSnapshot;
};

}  // namespace phenix

#endif  // PHENIX_OPTIONS_H_
