// Lines of JSON become batches of puts, in a thread of their own.
//
// Invariants: batches come in the order of the input; of each line there is a put or a fault,
// unless
//             it is blank.
// Threads:    Next() by one thread; the parsing thread is started and joined here.
// Ownership:  borrows the source.
// Bounds:     kBatchesAhead batches wait at most; a batch has at most `operations_max` puts and
// ends
//             with the line that passes kBatchTextBytes.
#ifndef CLI_IMPORT_IMPORT_BATCH_H_
#define CLI_IMPORT_IMPORT_BATCH_H_

#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "base/thread_annotations.h"
#include "cli/entity_json.h"
#include "cli/import/line_source.h"
#include "phenix/write_batch.h"

namespace phenix::cli {

inline constexpr std::size_t kBatchesAhead = 2;
inline constexpr std::size_t kBatchTextBytes = std::size_t{4} << 20U;

/// A line that is not an entity, or that the database refused.
struct LineFault {
  LinePlace place;
  Status status;
};

struct ImportBatch {
  WriteBatch writes;              ///< every operation is a put
  std::vector<LinePlace> places;  ///< of the operations
  std::vector<LineFault> faults;
  LinePlace next;  ///< the line behind the batch
  Status input;    ///< why reading ended early
  bool is_last = false;
};

struct BatchRules {
  PutDefaults defaults;
  std::size_t operations_max = 1000;
  bool stop_at_fault = true;  ///< the first fault ends the input
};

class BatchParser {
 public:
  BatchParser(LineSource& source, BatchRules rules);
  ~BatchParser();
  BatchParser(const BatchParser&) = delete;
  BatchParser& operator=(const BatchParser&) = delete;

  /// Waits for the next batch; not to be called after the last one.
  ImportBatch Next();

 private:
  void Run();
  ImportBatch ParseBatch();
  /// True when the batch is to end here.
  bool ParseLine(std::string_view line, ImportBatch& batch);
  /// False when nobody wants batches any more.
  bool Push(ImportBatch batch);

  LineSource& source_;
  const BatchRules rules_;
  EntityReader reader_;
  base::Mutex mutex_;
  base::ConditionVariable changed_;
  std::deque<ImportBatch> ready_ PHENIX_GUARDED_BY(mutex_);
  bool stopping_ PHENIX_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace phenix::cli

#endif  // CLI_IMPORT_IMPORT_BATCH_H_
