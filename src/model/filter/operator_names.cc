#include "model/filter/operator_names.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "model/json_writer.h"

namespace phenix::model {
namespace {

using enum FilterKind;
using enum OperatorPlace;

constexpr std::array<OperatorName, 35> kOperators = {{
    {"$and", kAnd, kLogic},
    {"$or", kOr, kLogic},
    {"$nor", kNor, kLogic},
    {"$not", kNot, kBoth},
    {"$eq", kEqual, kField},
    {"$ne", kNotEqual, kField},
    {"$gt", kGreater, kField},
    {"$gte", kGreaterOrEqual, kField},
    {"$lt", kLess, kField},
    {"$lte", kLessOrEqual, kField},
    {"$between", kBetween, kField},
    {"$in", kIn, kField},
    {"$nin", kNotIn, kField},
    {"$exists", kExists, kField},
    {"$null", kNull, kField},
    {"$type", kType, kField},
    {"$contains", kContains, kField},
    {"$any", kAny, kField},
    {"$all", kAll, kField},
    {"$none", kNone, kField},
    {"$size", kSize, kField},
    {"$elem", kElement, kField},
    {"$prefix", kPrefix, kField},
    {"$suffix", kSuffix, kField},
    {"$glob", kGlob, kField},
    {"$regex", kRegex, kField},
    {"$text", kText, kField},
    {"$geo_radius", kGeoRadius, kField},
    {"$geo_box", kGeoBox, kField},
    {"$geo_polygon", kGeoPolygon, kField},
    {"$id", kId, kEntity},
    {"$has_vector", kHasVector, kEntity},
    {"$version", kVersion, kEntity},
    {"$slice", kSlice, kEntity},
    {"$edge", kEdge, kEntity},
}};

constexpr std::size_t kSuggestionsMax = 3;
constexpr std::size_t kSuggestionDistanceMax = 2;
constexpr std::size_t kNameBytesMax = 32;

/// Levenshtein's distance of two short words (Wagner and Fischer, 1974).
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

bool FitsPlace(const OperatorName& known, bool below_field) {
  if (known.place == kBoth) return true;
  return below_field == (known.place == kField);
}

/// Names of the place, nearest first; all of them when none is near.
std::string Suggestions(std::string_view name, bool below_field) {
  std::vector<std::pair<std::size_t, std::string_view>> near;
  std::string all;
  for (const OperatorName& known : kOperators) {
    if (!FitsPlace(known, below_field)) continue;
    all += (all.empty() ? "" : ", ") + std::string(known.name);
    const std::size_t distance = EditDistance(name.substr(0, kNameBytesMax), known.name);
    if (distance <= kSuggestionDistanceMax) near.emplace_back(distance, known.name);
  }
  if (near.empty()) return "known operators here: " + all;
  std::sort(near.begin(), near.end());
  std::string text = "known operators close to it: ";
  for (std::size_t at = 0; at < std::min(near.size(), kSuggestionsMax); ++at) {
    text += (at == 0 ? "" : ", ") + std::string(near[at].second);
  }
  return text;
}

}  // namespace

const OperatorName* FindOperator(std::string_view name) {
  for (const OperatorName& known : kOperators) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

std::string UnknownOperator(std::string_view name, bool below_field) {
  const std::string quoted = QuotedForMessage(name);
  const OperatorName* known = FindOperator(name);
  if (known != nullptr && known->place == kField && !below_field) {
    return "operator " + quoted + " belongs below a field, as in {\"field\": {" + quoted +
           ": ...}}";
  }
  if (known != nullptr && below_field) {
    return "operator " + quoted + " belongs beside fields, not below one";
  }
  return "unknown operator " + quoted + ", " + Suggestions(name, below_field);
}

std::string_view FilterKindName(FilterKind kind) {
  for (const OperatorName& known : kOperators) {
    if (known.kind == kind) return known.name;
  }
  return {};
}

}  // namespace phenix::model
