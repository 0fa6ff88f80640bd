#include "index/vector/vector_index.h"

#include <cmath>
#include <string>
#include <utility>

#include "index/vector/full_rows.h"
#include "index/vector/ladder.h"
#include "index/vector/store/segment_store.h"

namespace phenix::index::vector {
namespace {

constexpr std::uint32_t kRunRowsMin = 64;
constexpr std::uint32_t kBlockRowsMax = 1U << 24U;

Status CheckOptions(const VectorIndexOptions& options) {
  if (options.dimension == 0 || options.dimension > distance::kDimensionMax) {
    return {StatusCode::kInvalidArgument,
            "dimension must be in 1..65535: given=" + std::to_string(options.dimension)};
  }
  if (!(options.recall_target > 0.0) || options.recall_target > 1.0) {
    return {StatusCode::kInvalidArgument, "recall target must be above 0 and at most 1"};
  }
  if (options.run_rows < kRunRowsMin || options.block_rows < options.run_rows ||
      options.block_rows > kBlockRowsMax || options.merge_fanout < 2) {
    return {StatusCode::kInvalidArgument,
            "run_rows must be at least 64, block_rows between run_rows and 2^24, and merge_fanout "
            "at least 2"};
  }
  if (options.codec != RowCodec::kAutomatic) {
    return {StatusCode::kUnimplemented, "this build offers the automatic row codec only"};
  }
  if (options.simd_level > distance::DetectedSimdLevel()) {
    return {StatusCode::kUnimplemented, "this machine lacks the SIMD level"};
  }
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<VectorIndex>> CreateVectorIndex(const VectorIndexOptions& options) {
  PHENIX_RETURN_IF_ERROR(CheckOptions(options));
  return std::unique_ptr<VectorIndex>(std::make_unique<Ladder>(options, nullptr, StoredIndex{}));
}

Result<std::unique_ptr<VectorIndex>> OpenVectorIndex(io::FileSystem& file_system,
                                                     const std::string& directory,
                                                     const VectorIndexOptions& options) {
  PHENIX_RETURN_IF_ERROR(CheckOptions(options));
  auto store = std::make_unique<SegmentStore>(file_system, directory, options);
  PHENIX_ASSIGN_OR_RETURN(StoredIndex stored, store->Read());
  return std::unique_ptr<VectorIndex>(
      std::make_unique<Ladder>(options, std::move(store), std::move(stored)));
}

Status CheckVector(const VectorIndexOptions& options, std::span<const float> vector) {
  if (vector.size() != options.dimension) {
    return {StatusCode::kInvalidArgument,
            "vector has the wrong dimension: expected=" + std::to_string(options.dimension) +
                " got=" + std::to_string(vector.size())};
  }
  const double squares = SquaredLength(vector);
  if (std::isfinite(squares) && squares <= static_cast<double>(kSquaredLengthMax)) {
    return Status::Ok();
  }
  return {StatusCode::kInvalidArgument,
          "vector holds NaN, infinity or values whose squared length exceeds 1e37"};
}

}  // namespace phenix::index::vector
