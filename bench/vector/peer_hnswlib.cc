// The only unit that includes hnswlib; built with -march=native, so that its own AVX-512 code is
// used.
#include "bench/vector/peer.h"

#if __has_include(<hnswlib/hnswlib.h>)
#include <hnswlib/hnswlib.h>

#include <atomic>
#include <thread>

namespace phenix::bench {
namespace {

class Hnswlib final : public PeerIndex {
 public:
  explicit Hnswlib(const PeerOptions& options) : options_(options) {
    if (options.inner_product) {
      space_ = std::make_unique<hnswlib::InnerProductSpace>(options.dimension);
    } else {
      space_ = std::make_unique<hnswlib::L2Space>(options.dimension);
    }
    index_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(space_.get(), options.rows_max,
                                                               options.links, options.build_width);
  }
  void Add(std::span<const float> rows, std::uint64_t first_id) override {
    const std::size_t count = rows.size() / options_.dimension;
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t i = next++; i < count; i = next++) {
        index_->addPoint(rows.data() + i * options_.dimension, first_id + i);
      }
    };
    std::vector<std::thread> helpers;
    for (int t = 1; t < options_.threads; ++t) helpers.emplace_back(work);
    work();
    for (std::thread& helper : helpers) helper.join();
  }
  void SetWidth(std::size_t width) override { index_->setEf(width); }
  void Search(const float* query, std::size_t limit, std::vector<std::uint64_t>* ids) override {
    auto found = index_->searchKnn(query, limit);
    ids->clear();
    for (; !found.empty(); found.pop()) ids->push_back(found.top().second);
  }
  void Erase(std::uint64_t id) override { index_->markDelete(id); }
  [[nodiscard]] std::size_t bytes_per_row() const override {
    return index_->size_data_per_element_ + index_->size_links_per_element_ / options_.links;
  }

 private:
  PeerOptions options_;
  std::unique_ptr<hnswlib::SpaceInterface<float>> space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> index_;
};

}  // namespace

std::unique_ptr<PeerIndex> MakeHnswlib(const PeerOptions& options) {
  return std::make_unique<Hnswlib>(options);
}

}  // namespace phenix::bench
#else
namespace phenix::bench {
std::unique_ptr<PeerIndex> MakeHnswlib(const PeerOptions&) { return nullptr; }
}  // namespace phenix::bench
#endif
