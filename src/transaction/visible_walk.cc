#include "transaction/visible_walk.h"

#include <utility>

#include "storage/versioned_key.h"
#include "transaction/state_rows.h"

namespace phenix::transaction {
namespace {

// After this many superseded versions in a row a seek is cheaper than more steps.
constexpr int kStepsBeforeSeek = 8;

}  // namespace

VisibleWalk::VisibleWalk(storage::KvEngine& engine, WalkRange range, CommitTimestamp at,
                         const WriteSet* overlay)
    : range_(std::move(range)),
      upper_bound_(range_.end),
      at_(at),
      iterator_(engine.NewIterator(
          range_.family,
          {.lower_bound = range_.begin, .upper_bound = upper_bound_, .fill_cache = false})) {
  if (overlay != nullptr) {
    staged_ = &overlay->rows(range_.family);
    staged_at_ = staged_->lower_bound(range_.begin);
    staged_end_ = range_.end.empty() ? staged_->end() : staged_->lower_bound(range_.end);
  }
  iterator_->Seek(range_.begin);
  SettleCommitted();
  Choose();
}

void VisibleWalk::SkipVersionsOfCurrent() {
  for (int step = 0; iterator_->Valid() && storage::UserKeyOf(iterator_->key()) == current_;
       ++step) {
    if (step < kStepsBeforeSeek) {
      iterator_->Next();
    } else {
      std::string behind = storage::VersionedKey(current_, CommitTimestamp(0));
      behind.push_back('\0');
      iterator_->Seek(behind);
    }
  }
}

void VisibleWalk::SettleCommitted() {
  while (iterator_->Valid()) {
    const base::ByteView key = iterator_->key();
    if (key.size() < storage::kVersionSuffixBytes) {
      iterator_->Next();
      continue;
    }
    current_.assign(storage::UserKeyOf(key));
    if (storage::VersionOf(key) > at_) {
      iterator_->Seek(storage::VersionedKey(current_, at_));
      if (!iterator_->Valid() || storage::UserKeyOf(iterator_->key()) != current_) continue;
    }
    if (!IsTombstone(iterator_->value())) return;
    SkipVersionsOfCurrent();
  }
}

void VisibleWalk::Choose() {
  while (true) {
    const bool has_staged = staged_ != nullptr && staged_at_ != staged_end_;
    if (!has_staged) {
      source_ = iterator_->Valid() ? Source::kCommitted : Source::kNone;
      return;
    }
    if (iterator_->Valid()) {
      const int order = base::ByteView(current_).compare(staged_at_->first);
      if (order < 0) {
        source_ = Source::kCommitted;
        return;
      }
      if (order == 0) {
        SkipVersionsOfCurrent();
        SettleCommitted();
      }
    }
    if (!IsTombstone(staged_at_->second.value)) {
      source_ = Source::kStaged;
      return;
    }
    ++staged_at_;
  }
}

void VisibleWalk::Next() {
  if (source_ == Source::kStaged) {
    ++staged_at_;
  } else {
    SkipVersionsOfCurrent();
    SettleCommitted();
  }
  Choose();
}

base::ByteView VisibleWalk::key() const {
  return source_ == Source::kStaged ? base::ByteView(staged_at_->first) : base::ByteView(current_);
}

base::ByteView VisibleWalk::value() const {
  return source_ == Source::kStaged ? base::ByteView(staged_at_->second.value) : iterator_->value();
}

CommitTimestamp VisibleWalk::version() const {
  return source_ == Source::kStaged ? CommitTimestamp(0) : storage::VersionOf(iterator_->key());
}

}  // namespace phenix::transaction
