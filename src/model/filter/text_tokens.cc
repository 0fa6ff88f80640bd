#include "model/filter/text_tokens.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <array>

namespace phenix::model {
namespace {

constexpr std::size_t kAsciiCount = 128;

/// Takes one character off `text`, which is valid UTF-8 and not empty.
UChar32 TakeCharacter(std::string_view& text) {
  UChar32 character = 0;
  std::size_t at = 0;
  U8_NEXT_UNSAFE(text.data(), at, character);
  text.remove_prefix(at);
  return character;
}

bool IsWordCharacter(UChar32 character) {
  constexpr std::uint32_t kWordCategories = U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK;
  return (U_GET_GC_MASK(character) & kWordCategories) != 0;
}

void AppendCharacter(std::string& text, UChar32 character) {
  char bytes[U8_MAX_LENGTH];
  std::size_t size_bytes = 0;
  U8_APPEND_UNSAFE(bytes, size_bytes, character);
  text.append(bytes, size_bytes);
}

/// The folded form of each ASCII letter or digit; 0 for the rest of ASCII.
constexpr std::array<char, kAsciiCount> MakeAsciiFolds() {
  std::array<char, kAsciiCount> folds{};
  for (char c = '0'; c <= '9'; ++c) folds[static_cast<std::size_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c) {
    folds[static_cast<std::size_t>(c)] = c;
    folds[static_cast<std::size_t>(c - 'a' + 'A')] = c;
  }
  return folds;
}
constexpr std::array<char, kAsciiCount> kAsciiFolds = MakeAsciiFolds();

}  // namespace

bool TextTokens::Next(std::string& token) {
  token.clear();
  while (!rest_.empty()) {
    const auto first = static_cast<std::uint8_t>(rest_.front());
    if (first < kAsciiCount) {
      rest_.remove_prefix(1);
      if (kAsciiFolds[first] != 0) {
        token += kAsciiFolds[first];
      } else if (!token.empty()) {
        return true;
      }
      continue;
    }
    const UChar32 character = TakeCharacter(rest_);
    if (IsWordCharacter(character)) {
      AppendCharacter(token, u_foldCase(character, U_FOLD_CASE_DEFAULT));
    } else if (!token.empty()) {
      return true;
    }
  }
  return !token.empty();
}

bool TextQuery::Matches(std::string_view text) const {
  const std::uint64_t all = ~std::uint64_t{0} >> (kTextQueryTokensMax - tokens.size());
  const std::uint64_t last = std::uint64_t{1} << (tokens.size() - 1);
  std::uint64_t seen = 0;    // words that occurred
  std::uint64_t phrase = 0;  // bit n: words 0 to n were the last ones read
  TextTokens reader(text);
  std::string token;
  while (reader.Next(token)) {
    std::uint64_t same = 0;
    for (std::size_t position = 0; position < tokens.size(); ++position) {
      if (tokens[position] == token) same |= std::uint64_t{1} << position;
    }
    seen |= same;
    phrase = ((phrase << 1U) | 1U) & same;
    if (mode == Mode::kAny && seen != 0) return true;
    if (mode == Mode::kAll && seen == all) return true;
    if (mode == Mode::kPhrase && (phrase & last) != 0) return true;
  }
  return false;
}

}  // namespace phenix::model
