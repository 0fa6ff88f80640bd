// ObjectFields and QueryFields: read the members of a request one by one and collect everything
// that is wrong with it, so that one answer names all faults with their place.
//
//   ObjectFields fields(root, "", faults);
//   const std::string id = fields.String("id").value_or("");
//   fields.RefuseOthers();
//   if (!faults.empty()) return InvalidRequest(std::move(faults));
//
// A member that is null counts as absent. A wrong one is a fault and counts as absent.
// Threads:    one at a time. Ownership: borrow the value or target and the faults.
#ifndef API_JSON_OBJECT_FIELDS_H_
#define API_JSON_OBJECT_FIELDS_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/problem.h"
#include "api/target.h"
#include "model/value_view.h"
#include "phenix/document.h"

namespace phenix::api {

using Faults = std::vector<Fault>;

/// Whole numbers from `min` to `max`.
struct UintRange {
  std::uint64_t min = 0;
  std::uint64_t max = UINT64_MAX;
};

/// What stands at a place, for Fault::got: the type, and short scalars themselves.
std::string GotText(model::ValueView value);
/// "a.b" from "a" and "b"; "b" when `path` is empty.
std::string MemberPath(std::string_view path, std::string_view key);
/// "entities[3]".
std::string ElementPath(std::string_view path, std::size_t position);
/// An object inside a request as a document of its own.
Document DocumentOf(model::ValueView object);
/// The number that `digits` is in full, if it is one.
std::optional<std::uint64_t> ParseDecimal(std::string_view digits);

class ObjectFields {
 public:
  /// `value` must be an object; what else is a fault. `path` names it in faults.
  ObjectFields(model::ValueView value, std::string path, Faults& faults);

  std::optional<std::string> String(std::string_view key);
  std::optional<bool> Bool(std::string_view key);
  std::optional<std::uint64_t> Uint(std::string_view key, UintRange range);
  /// A finite number.
  std::optional<double> Number(std::string_view key);
  /// Decimal digits in a string, or a whole number.
  std::optional<std::uint64_t> Timestamp(std::string_view key);
  /// Floats. A number beyond the float range is a fault.
  std::optional<std::vector<float>> Floats(std::string_view key);
  /// A member of the type of `expected` (kObject or kArray), missing if there is none.
  model::ValueView Container(std::string_view key, model::ValueType expected);
  /// The position in `names` of a string member.
  std::optional<std::size_t> OneOf(std::string_view key,
                                   std::initializer_list<std::string_view> names);

  /// Adds a fault about the member `key`.
  void Refuse(std::string_view key, std::string expected, std::string got);
  /// A fault if `key` is absent.
  void Require(std::string_view key);
  /// A fault for every member that nobody asked for.
  void RefuseOthers();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  model::ValueView Find(std::string_view key);

  model::ValueView value_;
  std::string path_;
  Faults& faults_;
  std::vector<std::string> asked_;
};

/// The same for the query of a target; paths of faults start with '?'.
class QueryFields {
 public:
  QueryFields(const Target& target, Faults& faults) : target_(target), faults_(faults) {}

  std::optional<std::string> String(std::string_view name);
  std::optional<std::uint64_t> Uint(std::string_view name, UintRange range);
  std::optional<std::size_t> OneOf(std::string_view name,
                                   std::initializer_list<std::string_view> names);
  void Refuse(std::string_view name, std::string expected, std::string got);
  void RefuseOthers();

 private:
  const Target& target_;
  Faults& faults_;
  std::vector<std::string> asked_;
};

/// `names` in quotes, with commas: what OneOf() expects.
std::string NamesText(std::initializer_list<std::string_view> names);

}  // namespace phenix::api

#endif  // API_JSON_OBJECT_FIELDS_H_
