#include "storage/rocks_iterator.h"

#include "storage/rocks_status.h"

namespace phenix::storage {
namespace {

rocksdb::Slice ToSlice(ByteView bytes) { return {bytes.data(), bytes.size()}; }
ByteView ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

class RocksIterator final : public KvIterator {
 public:
  RocksIterator(rocksdb::DB& database, rocksdb::ColumnFamilyHandle* family,
                const IterateOptions& options)
      : lower_(ToSlice(options.lower_bound)), upper_(ToSlice(options.upper_bound)) {
    rocksdb::ReadOptions read;
    read.total_order_seek = true;
    read.fill_cache = options.fill_cache;
    if (!lower_.empty()) read.iterate_lower_bound = &lower_;
    if (!upper_.empty()) read.iterate_upper_bound = &upper_;
    iterator_.reset(database.NewIterator(read, family));
  }

  void Seek(ByteView target) override { iterator_->Seek(ToSlice(target)); }
  void SeekForPrev(ByteView target) override { iterator_->SeekForPrev(ToSlice(target)); }
  void SeekToFirst() override { iterator_->SeekToFirst(); }
  void SeekToLast() override { iterator_->SeekToLast(); }
  void Next() override { iterator_->Next(); }
  void Prev() override { iterator_->Prev(); }
  [[nodiscard]] bool Valid() const override { return iterator_->Valid(); }
  [[nodiscard]] ByteView key() const override { return ToView(iterator_->key()); }
  [[nodiscard]] ByteView value() const override { return ToView(iterator_->value()); }
  [[nodiscard]] Status status() const override { return FromRocks(iterator_->status(), "iterate"); }

 private:
  const rocksdb::Slice lower_;
  const rocksdb::Slice upper_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

std::unique_ptr<KvIterator> MakeRocksIterator(rocksdb::DB& database,
                                              rocksdb::ColumnFamilyHandle* family,
                                              const IterateOptions& options) {
  return std::make_unique<RocksIterator>(database, family, options);
}

}  // namespace phenix::storage
