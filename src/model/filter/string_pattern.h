// $prefix, $suffix, $glob and $regex: what a string must look like. Matching takes time linear in
// the string (RE2), whatever the pattern.
#ifndef MODEL_FILTER_STRING_PATTERN_H_
#define MODEL_FILTER_STRING_PATTERN_H_

#include <memory>
#include <string>
#include <string_view>

#include "phenix/status.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace phenix::model {

/// Immutable after Make(); any number of readers.
class StringPattern {
 public:
  enum class Kind : std::uint8_t {
    kPrefix,
    kSuffix,
    kGlob,   ///< '*' any characters, '?' one character, '\' takes the next one as it is; whole
             ///< string
    kRegex,  ///< RE2 syntax; matches anywhere unless anchored
  };
  struct Options {
    Kind kind = Kind::kPrefix;
    bool ignore_case = false;  ///< Unicode simple case folding
  };

  /// Errors: kInvalidArgument with the fault in the pattern; kResourceExhausted for a pattern of
  /// more than kFilterPatternBytesMax bytes or one that needs more than kFilterPatternMemoryBytes.
  static Result<StringPattern> Make(std::string_view text, Options options);

  [[nodiscard]] bool Matches(std::string_view value) const;
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] Options options() const { return options_; }

 private:
  StringPattern(std::string_view text, Options options) : text_(text), options_(options) {}

  struct RegexDeleter {
    void operator()(const re2::RE2* regex) const;
  };

  std::string text_;
  Options options_;
  std::unique_ptr<const re2::RE2, RegexDeleter> regex_;  // null for a plain prefix or suffix
};

}  // namespace phenix::model

#endif  // MODEL_FILTER_STRING_PATTERN_H_
