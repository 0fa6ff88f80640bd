#include "cli/import/import_batch.h"

#include <utility>

namespace phenix::cli {

BatchParser::BatchParser(LineSource& source, BatchRules rules)
    : source_(source), rules_(std::move(rules)), thread_([this] { Run(); }) {}

BatchParser::~BatchParser() {
  {
    const base::MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

ImportBatch BatchParser::Next() {
  const base::MutexLock lock(mutex_);
  while (ready_.empty()) changed_.Wait(mutex_);
  ImportBatch batch = std::move(ready_.front());
  ready_.pop_front();
  changed_.NotifyAll();
  return batch;
}

bool BatchParser::Push(ImportBatch batch) {
  const base::MutexLock lock(mutex_);
  while (ready_.size() >= kBatchesAhead && !stopping_) changed_.Wait(mutex_);
  if (stopping_) return false;
  ready_.push_back(std::move(batch));
  changed_.NotifyAll();
  return true;
}

void BatchParser::Run() {
  bool more = true;
  while (more) {
    ImportBatch batch = ParseBatch();
    const bool is_last = batch.is_last;
    more = Push(std::move(batch)) && !is_last;
  }
}

bool BatchParser::ParseLine(std::string_view line, ImportBatch& batch) {
  if (line.find_first_not_of(" \t") == std::string_view::npos) return false;
  Result<PutOperation> put = reader_.Read(line, rules_.defaults);
  if (!put.ok()) {
    batch.faults.push_back({source_.place(), put.status()});
    batch.is_last = rules_.stop_at_fault;
    return batch.is_last;
  }
  batch.places.push_back(source_.place());
  batch.writes.operations.emplace_back(*std::move(put));
  return batch.places.size() >= rules_.operations_max;
}

ImportBatch BatchParser::ParseBatch() {
  ImportBatch batch;
  const std::uint64_t begin = source_.next().offset;
  bool full = false;
  while (!full) {
    auto line = source_.Next();
    if (!line.ok()) {
      batch.input = line.status();
      batch.is_last = true;
      break;
    }
    if (!line->has_value()) {
      batch.is_last = true;
      break;
    }
    full = ParseLine(**line, batch) || source_.next().offset - begin >= kBatchTextBytes;
  }
  batch.next = source_.next();
  // What stopped at a faulty line goes on with that line, once it is right.
  if (rules_.stop_at_fault && !batch.faults.empty()) batch.next = batch.faults.back().place;
  return batch;
}

}  // namespace phenix::cli
