// Any bytes as a transaction record, an ordinal row, an entity row, a collection record: an error
// or a value, never a crash.
#include <cstddef>
#include <cstdint>

#include "storage/kv_engine.h"
#include "transaction/catalog.h"
#include "transaction/commit/write_set.h"
#include "transaction/state_rows.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace transaction = phenix::transaction;
  const phenix::base::ByteView bytes(reinterpret_cast<const char*>(data), size);
  const auto payload = transaction::DecodePayload(bytes);
  if (payload.ok()) {
    phenix::storage::KvBatch batch;
    transaction::AppendToBatch(*payload, batch);
  }
  static_cast<void>(transaction::DecodeOrdinalRow(bytes).ok());
  static_cast<void>(transaction::DecodeEntityRow(bytes).ok());
  static_cast<void>(transaction::DecodeVectorRow(bytes).ok());
  static_cast<void>(transaction::DecodeEdgeRow(bytes).ok());
  static_cast<void>(transaction::DecodeUniqueRow(bytes).ok());
  static_cast<void>(transaction::DecodeCollectionRecord(bytes).ok());
  return 0;
}
