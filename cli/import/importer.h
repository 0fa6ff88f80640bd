// Commits the batches of an import, tells how far it is, and finds the line that a commit fails on.
//
// Order:      batches are committed one after another, each atomically. When one is refused because
//             of its content, it is halved until the line is found: the lines before it are
//             committed then, and with FaultRule::kSkip those behind it too.
// Threads:    one at a time.
// Ownership:  borrows everything in ImportParts.
#ifndef CLI_IMPORT_IMPORTER_H_
#define CLI_IMPORT_IMPORTER_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/import/import_batch.h"
#include "cli/import/resume_file.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "phenix/database.h"

namespace phenix::cli {

enum class FaultRule : std::uint8_t { kStop, kSkip };

struct ImportParts {
  Database& database;
  Output& out;
  Progress& progress;
  std::string input_name;   ///< for messages
  std::string resume_path;  ///< empty: no resume file
  std::string input_path;   ///< empty: standard input
};

struct ImportCounts {
  std::uint64_t entities = 0;
  std::uint64_t commits = 0;
  std::uint64_t skipped = 0;
  std::uint64_t commit_timestamp = 0;
};

class Importer {
 public:
  /// `start` is what was imported before, for the resume file.
  Importer(const ImportParts& parts, FaultRule rule, ResumePoint start);

  /// Commits `batch`, and reports or skips its faults.
  Status Take(ImportBatch batch);
  [[nodiscard]] const ImportCounts& counts() const { return counts_; }
  /// Writes the resume file now.
  Status SavePoint();

 private:
  Status Commit(const WriteBatch& writes);
  Status CommitRange(ImportBatch& batch, std::size_t begin, std::size_t end);
  Status Fault(const LineFault& fault);
  Status SavePointWhenDue();

  const ImportParts parts_;
  const FaultRule rule_;
  ResumePoint point_;
  ImportCounts counts_;
  std::uint64_t notes_ = 0;
  std::optional<std::chrono::nanoseconds> saved_at_;
  std::optional<LinePlace> stopped_at_;  // the line that the database refused
};

}  // namespace phenix::cli

#endif  // CLI_IMPORT_IMPORTER_H_
