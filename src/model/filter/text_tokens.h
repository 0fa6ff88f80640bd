// Words of a text, and whether a text has the words that a query asks for.
//
// A word is a longest run of Unicode letters, digits and marks; its characters are case-folded one
// by one (Unicode simple case folding, CaseFolding.txt classes C and S). No stemming, no stop
// words. Source of the phrase search: Baeza-Yates and Gonnet, "A new approach to text searching",
// 1992 (shift-and), over words instead of characters.
#ifndef MODEL_FILTER_TEXT_TOKENS_H_
#define MODEL_FILTER_TEXT_TOKENS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phenix::model {

/// Reads one word after another. `text` is UTF-8 and must outlive the reader.
class TextTokens {
 public:
  explicit TextTokens(std::string_view text) : rest_(text) {}
  /// Puts the next word into `token`; false at the end.
  bool Next(std::string& token);

 private:
  std::string_view rest_;
};

/// $text.
struct TextQuery {
  enum class Mode : std::uint8_t {
    kAny,     ///< at least one of the words
    kAll,     ///< each of the words, in any order
    kPhrase,  ///< the words in this order, one right after the other
  };
  std::vector<std::string> tokens;  ///< 1 to kTextQueryTokensMax
  Mode mode = Mode::kAny;

  [[nodiscard]] bool Matches(std::string_view text) const;
};

inline constexpr std::size_t kTextQueryTokensMax = 64;

}  // namespace phenix::model

#endif  // MODEL_FILTER_TEXT_TOKENS_H_
