#include "server/yaml_source.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <exception>
#include <set>
#include <string_view>
#include <utility>

#include "model/document_format.h"

namespace phenix::server {
namespace {

Status AtLine(std::size_t line, const std::string& what) {
  return {StatusCode::kInvalidArgument, std::to_string(line) + ": " + what};
}

std::size_t LineOf(const YAML::Mark& mark) {
  return mark.line < 0 ? 1 : static_cast<std::size_t>(mark.line) + 1;
}

/// Adds the scalars below `node`. A file cannot nest deeper than kConfigurationDepthMax.
Status Collect(const YAML::Node& node, const std::string& prefix, unsigned depth,
               std::vector<YamlScalar>& scalars) {
  if (depth > kConfigurationDepthMax) return AtLine(LineOf(node.Mark()), "nested too deeply");
  if (scalars.size() > kConfigurationScalarsMax)
    return AtLine(LineOf(node.Mark()), "too many values");
  if (node.IsScalar() && !prefix.empty()) {
    scalars.push_back({prefix, node.Scalar(), LineOf(node.Mark())});
    return Status::Ok();
  }
  if (node.IsNull()) return Status::Ok();
  if (!node.IsMap()) return AtLine(LineOf(node.Mark()), "expected keys with values");
  std::set<std::string> seen;
  for (const auto& member : node) {
    if (!member.first.IsScalar()) {
      return AtLine(LineOf(member.first.Mark()), "expected a plain key");
    }
    const std::string name = member.first.Scalar();
    const std::string key = prefix.empty() ? name : prefix + "." + name;
    if (!seen.insert(name).second) {
      return AtLine(LineOf(member.first.Mark()), "the key '" + key + "' stands here twice");
    }
    if (Status below = Collect(member.second, key, depth + 1, scalars); !below.ok()) return below;
  }
  return Status::Ok();
}

Result<std::vector<YamlScalar>> ReadParsed(const std::vector<YAML::Node>& documents) {
  std::vector<YamlScalar> scalars;
  if (documents.size() > 1) return AtLine(1, "expected one YAML document");
  if (documents.empty()) return scalars;
  if (Status collected = Collect(documents.front(), "", 0, scalars); !collected.ok()) {
    return collected;
  }
  return scalars;
}

bool IsKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

/// True for what a setting needs: nothing, a comment, the start of a document, or `key:` with a
/// plain or quoted value.
bool IsSimpleLine(std::string_view line) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const std::size_t start = line.find_first_not_of(' ');
  if (start == std::string_view::npos || line[start] == '#' || line == "---") return true;
  line.remove_prefix(start);
  std::size_t end = 0;
  while (end < line.size() && IsKeyCharacter(line[end])) ++end;
  if (end == 0 || end == line.size() || line[end] != ':') return false;
  line.remove_prefix(end + 1);
  const std::size_t value = line.find_first_not_of(' ');
  if (value == std::string_view::npos) return true;
  constexpr std::string_view kIndicators = "{}[]&*!|>@%`,?-:\t";
  return value > 0 && kIndicators.find(line[value]) == std::string_view::npos;
}

/// The parser behind this loops for ever, and allocates all the while, on some texts that use more
/// of YAML than settings need; so it only gets to see texts that do not.
Status CheckLines(std::string_view text) {
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!IsSimpleLine(text.substr(0, end))) {
      return AtLine(line, "expected 'key: value' with a plain or quoted value");
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return Status::Ok();
}

}  // namespace

Result<std::vector<YamlScalar>> ReadYaml(const std::string& text) {
  if (text.size() > kConfigurationBytesMax) return AtLine(1, "the file is larger than 1 MiB");
  if (!model::IsValidUtf8(text)) return AtLine(1, "the file is not valid UTF-8");
  PHENIX_RETURN_IF_ERROR(CheckLines(text));
  try {
    return ReadParsed(YAML::LoadAll(text));
  } catch (const YAML::Exception& error) {
    return AtLine(LineOf(error.mark), error.msg);
  } catch (const std::exception& error) {
    return AtLine(1, error.what());
  }
}

}  // namespace phenix::server
