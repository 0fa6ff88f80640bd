// Path: which values of a document are meant.
//
//   path     key ( '.' key | '[]' )*
//   key      one or more characters other than . [ ] " and not '$' first; or "..." in double
//   quotes,
//            where \" is a quote and \\ a backslash (any other backslash pair is its second
//            character)
//   []       any element of the array at this point
// "a.b" is member b of member a; "a[].b" is b of any element of a; "\"a.b\".c" quotes the dot. A
// dot never steps into an array. Threads:    immutable; any number of readers.
#ifndef MODEL_PATH_H_
#define MODEL_PATH_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/value_view.h"
#include "phenix/document.h"
#include "phenix/status.h"

namespace phenix::model {

inline constexpr std::size_t kPathBytesMax = 1'024;

class Path {
 public:
  struct Step {
    enum class Kind : std::uint8_t { kKey, kEachElement };
    Kind kind = Kind::kKey;
    std::string key;  // of kKey

    friend bool operator==(const Step&, const Step&) = default;
  };

  /// No steps: the value itself.
  Path() = default;
  /// Errors: kInvalidArgument with the offset; longer than kPathBytesMax is kResourceExhausted.
  static Result<Path> Parse(std::string_view text);

  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }
  /// True when it may mean several values.
  [[nodiscard]] bool HasEachElement() const;
  /// The shortest text that parses to this path.
  [[nodiscard]] std::string ToString() const;

  friend bool operator==(const Path&, const Path&) = default;

 private:
  std::vector<Step> steps_;
};

/// `key` as it stands in a path: quoted when it must be.
std::string PathKeyText(std::string_view key);

/// The value at `path`, missing if there is none. A path with [] gives the first value in order.
ValueView FindValue(ValueView root, const Path& path);

/// Calls `visitor.OnValue(ValueView) -> bool` for the values that `steps` from `step` on reach
/// below `value`, in order, until one returns true; the answer is whether one did. Where a step
/// needs an object or an array and finds another type, `visitor.OnBlocked(ValueView)` is called.
template <typename Visitor>
bool VisitPath(ValueView value, const std::vector<Path::Step>& steps, std::size_t step,
               Visitor& visitor) {
  for (; step < steps.size(); ++step) {
    if (steps[step].kind == Path::Step::Kind::kEachElement) {
      if (value.type() != ValueType::kArray) {
        visitor.OnBlocked(value);
        return false;
      }
      for (const ValueView element : value.Elements()) {
        if (VisitPath(element, steps, step + 1, visitor)) return true;
      }
      return false;
    }
    const ValueView next = value.Find(steps[step].key);
    if (!next) {
      if (value.type() != ValueType::kObject) visitor.OnBlocked(value);
      return false;
    }
    value = next;
  }
  return visitor.OnValue(value);
}

/// Calls `callback` with every value inside `document` except the top level itself, containers
/// before what is in them, with the path that reaches it ("a.b", "tags[]").
void ForEachPath(const Document& document,
                 const std::function<void(std::string_view path, ValueView value)>& callback);

}  // namespace phenix::model

#endif  // MODEL_PATH_H_
