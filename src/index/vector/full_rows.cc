#include "index/vector/full_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "distance/byte_row.h"

namespace phenix::index::vector {

using distance::ElementType;
using distance::Metric;

double SquaredLength(std::span<const float> values) {
  // Several sums, because additions in a row wait for each other.
  constexpr std::size_t kSums = 8;
  double sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kSums <= values.size(); i += kSums) {
    for (std::size_t s = 0; s < kSums; ++s) {
      const auto value = static_cast<double>(values[i + s]);
      sums[s] += value * value;
    }
  }
  for (; i < values.size(); ++i) {
    sums[0] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  }
  double total = 0.0;
  for (const double sum : sums) total += sum;
  return total;
}

void PrepareVector(Metric metric, std::span<const float> values, std::span<float> out) {
  if (out.data() != values.data()) std::copy(values.begin(), values.end(), out.begin());
  if (metric != Metric::kCosine) return;
  const double squares = SquaredLength(values);
  if (squares == 0.0) return;
  const double inverse = 1.0 / std::sqrt(squares);
  for (float& value : out) value = static_cast<float>(static_cast<double>(value) * inverse);
}

float ReportedDistance(Metric metric, float score) {
  switch (metric) {
    case Metric::kL2:
      return std::sqrt(std::max(0.0F, score));
    case Metric::kCosine:
      return std::clamp(score, 0.0F, 2.0F);
    case Metric::kDot:
      break;
  }
  return score;
}

float ScoreOfDistance(Metric metric, float distance) {
  if (metric != Metric::kL2) return distance;
  return distance < 0.0F ? -1.0F : distance * distance;
}

void NarrowestType::Show(std::span<const float> values) {
  bytes_ = bytes_ && distance::IsByteVector(values);
  std::uint16_t raw = 0;
  halves_ = halves_ && std::all_of(values.begin(), values.end(),
                                   [&](float value) { return distance::ExactHalf(value, &raw); });
  brains_ = brains_ && std::all_of(values.begin(), values.end(),
                                   [&](float value) { return distance::ExactBrain(value, &raw); });
}

ElementType NarrowestType::type() const {
  if (bytes_) return ElementType::kU8;
  if (halves_) return ElementType::kF16;
  return brains_ ? ElementType::kBf16 : ElementType::kF32;
}

FullRows::FullRows(ElementType type, std::uint32_t dimension, std::size_t count)
    : type_(type),
      dimension_(dimension),
      stride_(distance::RoundUp(dimension * distance::ElementBytes(type), distance::kRowAlignment)),
      memory_(stride_ * count) {}

void FullRows::Write(std::size_t position, std::span<const float> values) {
  std::uint8_t* row = memory_.data() + position * stride_;
  std::uint16_t raw = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    switch (type_) {
      case ElementType::kF32:
        std::memcpy(row + i * sizeof(float), &values[i], sizeof(float));
        continue;
      case ElementType::kF16:
        distance::ExactHalf(values[i], &raw);
        break;
      case ElementType::kBf16:
        distance::ExactBrain(values[i], &raw);
        break;
      case ElementType::kU8:
        row[i] = static_cast<std::uint8_t>(values[i]);
        continue;
    }
    std::memcpy(row + i * sizeof(raw), &raw, sizeof(raw));
  }
}

void FullRows::Read(std::size_t position, std::span<float> values) const {
  const std::uint8_t* row = memory_.data() + position * stride_;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint16_t raw = 0;
    switch (type_) {
      case ElementType::kF32:
        std::memcpy(&values[i], row + i * sizeof(float), sizeof(float));
        continue;
      case ElementType::kU8:
        values[i] = static_cast<float>(row[i]);
        continue;
      case ElementType::kF16:
      case ElementType::kBf16:
        std::memcpy(&raw, row + i * sizeof(raw), sizeof(raw));
    }
    values[i] =
        type_ == ElementType::kF16 ? distance::FloatFromHalf(raw) : distance::FloatFromBrain(raw);
  }
}

void ScoreRows(const distance::Kernels& kernels, ScoreKind kind, const float* query,
               const distance::RowSet& rows, float* scores) {
  const auto place = static_cast<std::size_t>(kind.type);
  if (kind.metric == Metric::kL2) return kernels.scan_l2[place](query, rows, scores);
  kernels.scan_dot[place](query, rows, scores);
  const float base = kind.metric == Metric::kCosine ? 1.0F : 0.0F;
  for (std::size_t i = 0; i < rows.count; ++i) scores[i] = base - scores[i];
}

}  // namespace phenix::index::vector
