#include "index/vector/graph/graph_walk.h"

#include <algorithm>
#include <cstring>

namespace phenix::index::vector {
namespace {

constexpr std::size_t kEntriesKept = 8;

}  // namespace

GraphWalk::GraphWalk(const WalkSpace& space, const distance::EncodedQuery& query,
                     WalkScratch& scratch)
    : space_(space), query_(query), scratch_(scratch) {
  scratch_.visited.Prepare(space.rows.count);
  const std::size_t room = std::max(kGraphDegree, space.entry_positions.size());
  if (scratch_.positions.size() < room) {
    scratch_.positions.resize(room);
    scratch_.squared.resize(room);
  }
}

GraphWalk::~GraphWalk() {
  scratch_.visited.Clear();
  scratch_.spilled.clear();
}

void GraphWalk::Enter() {
  const std::size_t count = space_.entry_positions.size();
  float* squared = scratch_.squared.data();
  space_.rows.codec.Scan(space_.kernels, query_, space_.entry_rows.View(nullptr, count), squared);
  distances_ += count;
  NeighborKey best[kEntriesKept];
  std::fill_n(best, kEntriesKept, kFarthestKey);
  for (std::size_t i = 0; i < count; ++i) {
    const NeighborKey key = MakeKey(squared[i], space_.entry_positions[i]);
    if (key >= best[kEntriesKept - 1]) continue;
    std::size_t place = kEntriesKept - 1;
    for (; place > 0 && best[place - 1] > key; --place) best[place] = best[place - 1];
    best[place] = key;
  }
  for (const NeighborKey key : best) {
    if (key != kFarthestKey && scratch_.visited.Add(PositionOf(key))) Offer(key);
  }
}

void GraphWalk::Offer(NeighborKey key) {
  NeighborKey* beam = scratch_.beam.data();
  if (size_ == width_) {
    if (key >= beam[size_ - 1]) {
      scratch_.spilled.push_back(key);
      return;
    }
    scratch_.spilled.push_back(beam[--size_]);
  }
  std::size_t place = size_;
  while (place > 0 && beam[place - 1] > key) {
    beam[place] = beam[place - 1];
    --place;
  }
  beam[place] = key;
  ++size_;
  next_ = std::min(next_, place);
}

void GraphWalk::Expand(std::uint32_t row) {
  const std::uint32_t* links = space_.graph.links(row);
  std::uint32_t* positions = scratch_.positions.data();
  std::size_t count = 0;
  for (std::size_t i = 0; i < kGraphDegree && links[i] != kNoRow; ++i) {
    if (scratch_.visited.Add(links[i])) positions[count++] = links[i];
  }
  if (count == 0) return;
  float* squared = scratch_.squared.data();
  space_.rows.codec.Scan(space_.kernels, query_, space_.rows.View(positions, count), squared);
  distances_ += count;
  for (std::size_t i = 0; i < count; ++i) Offer(MakeKey(squared[i], positions[i]));
}

void GraphWalk::Widen(std::size_t width) {
  if (scratch_.beam.size() < width + 1) scratch_.beam.resize(width + 1);
  const bool first = width_ == 0;
  width_ = width;
  if (first) return Enter();
  std::vector<NeighborKey>& spilled = scratch_.spilled;
  const std::size_t room = std::min(width - size_, spilled.size());
  const auto middle = spilled.begin() + static_cast<std::ptrdiff_t>(room);
  std::nth_element(spilled.begin(), middle, spilled.end());
  NeighborKey* beam = scratch_.beam.data();
  std::copy(spilled.begin(), middle, beam + size_);
  std::sort(beam, beam + size_ + room);
  size_ += room;
  next_ = 0;
  spilled.erase(spilled.begin(), middle);
}

void GraphWalk::Run(std::size_t width) {
  if (width <= width_ || exhausted_) return;
  Widen(width);
  while (true) {
    NeighborKey* beam = scratch_.beam.data();
    while (next_ < size_ && (PositionOf(beam[next_]) & kExpandedRow) != 0) ++next_;
    if (next_ == size_) break;
    const std::uint32_t row = PositionOf(beam[next_]);
    beam[next_] |= kExpandedRow;
    ++next_;
    ++hops_;
    Expand(row);
  }
  exhausted_ = scratch_.spilled.empty();
}

}  // namespace phenix::index::vector
