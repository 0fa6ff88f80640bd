// Where a filter parser is, what it has used of the limits, and the errors that it reports.
//
// Threads:    one parse, one thread.
#ifndef MODEL_FILTER_PARSE_CONTEXT_H_
#define MODEL_FILTER_PARSE_CONTEXT_H_

#include <initializer_list>
#include <string>
#include <string_view>

#include "model/filter_tree.h"
#include "model/value_view.h"
#include "phenix/status.h"

namespace phenix::model {

/// What the conditions of a filter object are about.
enum class FilterScope : std::uint8_t {
  kEntity,   ///< everything is allowed
  kElement,  ///< inside $elem: no $id, $edge, ...
  kEdge,     ///< inside the "edge" of $edge: as kElement, and "weight" is the weight
};

class ParseContext {
 public:
  /// Appends ".part" (or part, at the start) to the place until it ends.
  class Place {
   public:
    Place(ParseContext& context, std::string_view part);
    ~Place() { context_.place_.resize(size_before_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    ParseContext& context_;
    std::size_t size_before_;
  };
  /// One level deeper until it ends.
  class Level {
   public:
    explicit Level(ParseContext& context) : context_(context) { ++context_.depth_; }
    ~Level() { --context_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    ParseContext& context_;
  };

  /// kInvalidArgument: "filter at a.$gt: expected a number, got string "x"".
  [[nodiscard]] Status Expected(std::string_view what, ValueView got) const;
  /// `code` with "filter at a.$gt: " before `what`.
  [[nodiscard]] Status Fault(StatusCode code, std::string_view what) const;
  /// Counts one node at the current depth. Errors: kResourceExhausted.
  Status CountNode();

  // The argument as the type, or Expected() that type.
  Result<std::string_view> StringOf(ValueView value) const;
  Result<bool> BoolOf(ValueView value) const;
  /// An integer that is not negative.
  Result<std::uint64_t> CountOf(ValueView value) const;
  Result<double> NumberOf(ValueView value) const;
  /// An object whose keys are all among `keys`, or an error that names them.
  Status CheckKeys(ValueView value, std::initializer_list<std::string_view> keys) const;

 private:
  std::string place_;
  unsigned depth_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace phenix::model

#endif  // MODEL_FILTER_PARSE_CONTEXT_H_
