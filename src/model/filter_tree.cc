#include "model/filter_tree.h"

#include <algorithm>

#include "model/filter/filter_parser.h"

namespace phenix {

Result<Filter> Filter::Parse(std::string_view json) {
  if (json.size() > kFilterBytesMax) {
    return Status(StatusCode::kResourceExhausted,
                  "filter: larger than 1 MiB: size_bytes=" + std::to_string(json.size()));
  }
  Result<Document> source = Document::FromJson(json);
  if (!source.ok()) {
    return Status(source.status().code(), "filter: " + std::string(source.status().message()));
  }
  if (model::RootOf(*source).size() == 0) return Filter();
  auto tree = std::make_shared<model::FilterTree>();
  tree->source = *std::move(source);
  PHENIX_RETURN_IF_ERROR(model::ParseFilterTree(*tree));
  return Filter(std::move(tree));
}

Result<Filter> Filter::AllOf(const std::vector<Filter>& filters) {
  std::vector<const Filter*> parts;
  for (const Filter& filter : filters) {
    if (!filter.IsEmpty()) parts.push_back(&filter);
  }
  if (parts.empty()) return Filter();
  if (parts.size() == 1) return *parts.front();
  std::string json = "{\"$and\":[";
  for (const Filter* part : parts) {
    if (json.back() != '[') json += ',';
    json += part->ToJson();
  }
  return Parse(json + "]}");
}

std::string Filter::ToJson() const { return tree_ == nullptr ? "{}" : tree_->source.ToJson(); }

const model::FilterNode* Filter::root() const { return tree_ == nullptr ? nullptr : &tree_->root; }

namespace model {

bool IdCondition::Matches(std::string_view id) const {
  if (in.has_value() && !std::binary_search(in->begin(), in->end(), id)) return false;
  if (prefix.has_value() && !id.starts_with(*prefix)) return false;
  if (at_least.has_value() && id < *at_least) return false;
  if (above.has_value() && id <= *above) return false;
  if (at_most.has_value() && id > *at_most) return false;
  return !below.has_value() || id < *below;
}

std::uint64_t StableHash64(std::string_view bytes) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  hash = (hash ^ (hash >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ (hash >> 27U)) * 0x94D049BB133111EBULL;
  return hash ^ (hash >> 31U);
}

}  // namespace model
}  // namespace phenix
