#include "wordnet/entity_writer.h"

#include <array>
#include <charconv>
#include <string_view>
#include <vector>

namespace phenix::samples {
namespace {

constexpr int kDecimals = 5;

void AppendString(std::string_view text, std::string& out) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  out.push_back('"');
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') out.push_back('\\');
    if (code < 0x20) {
      out.append("\\u00").push_back(kHexDigits[code >> 4U]);
      out.push_back(kHexDigits[code & 0x0FU]);
      continue;
    }
    out.push_back(letter);
  }
  out.push_back('"');
}

void AppendStrings(const std::vector<std::string>& texts, std::string& out) {
  out.push_back('[');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendString(texts[i], out);
  }
  out.push_back(']');
}

void AppendNumber(float value, int decimals, std::string& out) {
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                     std::chars_format::fixed, decimals);
  out.append(buffer.data(), written.ptr);
}

void AppendEdges(const std::vector<Relation>& relations, std::string& out) {
  out.append(",\"edges\":[");
  for (std::size_t i = 0; i < relations.size(); ++i) {
    out.append(i > 0 ? ",{\"label\":" : "{\"label\":");
    AppendString(relations[i].label, out);
    out.append(",\"target\":");
    AppendString(relations[i].target, out);
    out.append(",\"weight\":");
    AppendNumber(relations[i].weight, 1, out);
    out.push_back('}');
  }
  out.push_back(']');
}

}  // namespace

void AppendEntity(const Synset& synset, std::span<const float> vector, std::string& out) {
  out.append("{\"id\":");
  AppendString(synset.id, out);
  out.append(",\"metadata\":{\"lemmas\":");
  AppendStrings(synset.lemmas, out);
  out.append(",\"gloss\":");
  AppendString(synset.gloss, out);
  if (!synset.examples.empty()) {
    out.append(",\"examples\":");
    AppendStrings(synset.examples, out);
  }
  out.append(",\"pos\":");
  AppendString(synset.part_of_speech, out);
  out.append(",\"lexfile\":");
  AppendString(synset.lexicographer_file, out);
  out.append("},\"vector\":[");
  for (std::size_t i = 0; i < vector.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendNumber(vector[i], kDecimals, out);
  }
  out.push_back(']');
  if (!synset.relations.empty()) AppendEdges(synset.relations, out);
  out.append("}\n");
}

}  // namespace phenix::samples
