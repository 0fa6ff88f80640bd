#include "model/filter/string_pattern.h"

#include <re2/re2.h>

#include "phenix/filter.h"

namespace phenix::model {
namespace {

re2::StringPiece PieceOf(std::string_view text) { return {text.data(), text.size()}; }

std::string GlobToRegex(std::string_view glob) {
  std::string regex = "\\A";
  for (std::size_t at = 0; at < glob.size(); ++at) {
    if (glob[at] == '*') {
      regex += ".*";
    } else if (glob[at] == '?') {
      regex += '.';
    } else {
      if (glob[at] == '\\' && at + 1 < glob.size()) ++at;
      const std::size_t plain_end = glob.find_first_of("*?\\", at + 1);
      const std::string_view plain =
          glob.substr(at, plain_end == std::string_view::npos ? plain_end : plain_end - at);
      regex += re2::RE2::QuoteMeta(PieceOf(plain));
      at += plain.size() - 1;
    }
  }
  return regex + "\\z";
}

std::string RegexOf(std::string_view text, StringPattern::Kind kind) {
  switch (kind) {
    case StringPattern::Kind::kPrefix:
      return "\\A" + re2::RE2::QuoteMeta(PieceOf(text));
    case StringPattern::Kind::kSuffix:
      return re2::RE2::QuoteMeta(PieceOf(text)) + "\\z";
    case StringPattern::Kind::kGlob:
      return GlobToRegex(text);
    case StringPattern::Kind::kRegex:
      return std::string(text);
  }
  return {};
}

}  // namespace

Result<StringPattern> StringPattern::Make(std::string_view text, Options options) {
  if (text.size() > kFilterPatternBytesMax) {
    return Status(StatusCode::kResourceExhausted,
                  "pattern is longer than " + std::to_string(kFilterPatternBytesMax) + " bytes");
  }
  StringPattern pattern(text, options);
  const bool plain = options.kind == Kind::kPrefix || options.kind == Kind::kSuffix;
  if (plain && !options.ignore_case) return pattern;
  re2::RE2::Options settings;
  settings.set_log_errors(false);
  settings.set_never_capture(true);
  settings.set_max_mem(static_cast<std::int64_t>(kFilterPatternMemoryBytes));
  settings.set_case_sensitive(!options.ignore_case);
  settings.set_dot_nl(options.kind == Kind::kGlob);
  pattern.regex_.reset(new re2::RE2(RegexOf(text, options.kind), settings));
  const re2::RE2& regex = *pattern.regex_;
  if (regex.ok()) return pattern;
  const bool large = regex.error_code() == re2::RE2::ErrorPatternTooLarge ||
                     regex.error_code() == re2::RE2::ErrorRepeatSize;
  return Status(large ? StatusCode::kResourceExhausted : StatusCode::kInvalidArgument,
                "pattern cannot be used: " + regex.error());
}

void StringPattern::RegexDeleter::operator()(const re2::RE2* regex) const { delete regex; }

bool StringPattern::Matches(std::string_view value) const {
  if (regex_ != nullptr) return re2::RE2::PartialMatch(PieceOf(value), *regex_);
  if (options_.kind == Kind::kPrefix) return value.starts_with(text_);
  return value.ends_with(text_);
}

}  // namespace phenix::model
