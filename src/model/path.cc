#include "model/path.h"

#include <algorithm>

#include "model/json_writer.h"

namespace phenix::model {
namespace {

constexpr std::string_view kKeyEnders = ".[]\"";

Status BadPath(std::string_view text, std::size_t at, std::string_view expected) {
  return {StatusCode::kInvalidArgument, "path " + QuotedForMessage(text) + ": expected " +
                                            std::string(expected) +
                                            " at offset=" + std::to_string(at)};
}

/// Reads the quoted key that starts at `at` (behind the quote); moves `at` behind its end.
bool ReadQuoted(std::string_view text, std::size_t& at, std::string& key) {
  for (; at < text.size(); ++at) {
    if (text[at] == '"') {
      ++at;
      return true;
    }
    if (text[at] == '\\' && ++at == text.size()) return false;
    key += text[at];
  }
  return false;
}

void Append(std::string& path, const Path::Step& step) {
  if (step.kind == Path::Step::Kind::kEachElement) {
    path += "[]";
    return;
  }
  if (!path.empty()) path += '.';
  path += PathKeyText(step.key);
}

struct FirstValue {
  ValueView value;
  bool OnValue(ValueView found) {
    value = found;
    return true;
  }
  void OnBlocked(ValueView) {}
};

using PathCallback = std::function<void(std::string_view path, ValueView value)>;

void WalkValue(ValueView value, std::string& path, const PathCallback& callback) {
  const std::size_t path_bytes = path.size();
  for (const Member member : value.Members()) {
    if (!path.empty()) path += '.';
    path += PathKeyText(member.key);
    callback(path, member.value);
    WalkValue(member.value, path, callback);
    path.resize(path_bytes);
  }
  if (value.type() != ValueType::kArray) return;
  path += "[]";
  for (const ValueView element : value.Elements()) {
    callback(path, element);
    WalkValue(element, path, callback);
  }
  path.resize(path_bytes);
}

}  // namespace

std::string PathKeyText(std::string_view key) {
  if (!key.empty() && key.front() != '$' &&
      key.find_first_of(kKeyEnders) == std::string_view::npos) {
    return std::string(key);
  }
  std::string text = "\"";
  for (const char c : key) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  text += '"';
  return text;
}

Result<Path> Path::Parse(std::string_view text) {
  if (text.size() > kPathBytesMax) {
    return Status(StatusCode::kResourceExhausted,
                  "path is longer than " + std::to_string(kPathBytesMax) + " bytes");
  }
  if (!IsValidUtf8(text)) return BadPath(text, 0, "UTF-8");
  Path path;
  std::size_t at = 0;
  while (true) {
    std::string key;
    const std::size_t start = at;
    if (at < text.size() && text[at] == '"') {
      if (!ReadQuoted(text, ++at, key)) return BadPath(text, text.size(), "a closing quote");
    } else {
      if (at < text.size() && text[at] == '$')
        return BadPath(text, at, "quotes around a key with $");
      at = std::min(text.find_first_of(kKeyEnders, at), text.size());
      if (at == start) return BadPath(text, at, "a key");
      key = text.substr(start, at - start);
    }
    path.steps_.push_back({Step::Kind::kKey, std::move(key)});
    while (text.substr(at, 2) == "[]") {
      path.steps_.push_back({Step::Kind::kEachElement, {}});
      at += 2;
    }
    if (at == text.size()) return path;
    if (text[at] != '.') return BadPath(text, at, "'.', '[]' or the end");
    ++at;
  }
}

bool Path::HasEachElement() const {
  for (const Step& step : steps_) {
    if (step.kind == Step::Kind::kEachElement) return true;
  }
  return false;
}

std::string Path::ToString() const {
  std::string text;
  for (const Step& step : steps_) Append(text, step);
  return text;
}

ValueView FindValue(ValueView root, const Path& path) {
  FirstValue first;
  VisitPath(root, path.steps(), 0, first);
  return first.value;
}

void ForEachPath(const Document& document, const PathCallback& callback) {
  std::string path;
  WalkValue(RootOf(document), path, callback);
}

}  // namespace phenix::model
