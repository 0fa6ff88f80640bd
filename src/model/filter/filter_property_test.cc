// Random filters on random documents against a slow evaluator that works on nlohmann's tree and
// knows nothing of the parser, the binary form or the evaluator that it checks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <map>
#include <regex>
#include <string>
#include <vector>

#include "model/filter/test_entity.h"
#include "model/filter_evaluate.h"
#include "model/random_json.h"

namespace phenix::model {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kNowMs = 1'704'067'200'000;  // 2024-01-01T00:00:00Z

/// Seconds since 1970 of every time text that the generator uses.
const std::map<std::string, double>& KnownTimes() {
  static const std::map<std::string, double> times = {{"2024-01-01T00:00:00Z", 1704067200.0},
                                                      {"2024-01-01T01:00:00+01:00", 1704067200.0},
                                                      {"2024-01-01", 1704067200.0},
                                                      {"2024-01-01t00:00:00.500z", 1704067200.5},
                                                      {"2023-12-25T00:00:00-00:00", 1703462400.0},
                                                      {"2023-12-31 23:59:60Z", 1704067200.0}};
  return times;
}
const std::map<std::string, double>& KnownOffsets() {
  static const std::map<std::string, double> offsets = {
      {"0", 0}, {"-7d", -604800}, {"+500ms", 0.5}, {"-1w", -604800}, {"-6d24h", -604800}};
  return offsets;
}

class SlowEvaluator {
 public:
  static bool Filter(const Json& filter, const Json& root) {
    for (const auto& [key, value] : filter.items()) {
      if (!Entry(key, value, root)) return false;
    }
    return true;
  }

 private:
  static bool Entry(const std::string& key, const Json& value, const Json& root) {
    if (key == "$not") return !Filter(value, root);
    if (key == "$and" || key == "$or" || key == "$nor") {
      std::size_t holds = 0;
      for (const Json& part : value) holds += Filter(part, root) ? 1 : 0;
      if (key == "$and") return holds == value.size();
      return key == "$or" ? holds > 0 : holds == 0;
    }
    std::vector<Json> values;
    Reach(root, key, values);
    if (IsOperators(value)) return Operators(value, values);
    return Holds("$eq", value, values, false);
  }

  static bool IsTime(const Json& value) {
    return value.is_object() && value.size() == 1 &&
           (value.contains("$time") || value.contains("$now"));
  }
  static bool IsOperators(const Json& value) {
    if (!value.is_object() || IsTime(value)) return false;
    return std::any_of(value.items().begin(), value.items().end(),
                       [](const auto& item) { return item.key().starts_with("$"); });
  }

  static bool Operators(const Json& operators, const std::vector<Json>& values) {
    const bool ci = operators.value("ci", false);
    for (const auto& [name, argument] : operators.items()) {
      if (name == "ci") continue;
      if (!Holds(name, argument, values, ci)) return false;
    }
    return true;
  }

  static bool Holds(const std::string& name, const Json& argument, const std::vector<Json>& values,
                    bool ci) {
    if (name == "$not") return !Operators(argument, values);
    if (name == "$ne") return !Holds("$eq", argument, values, ci);
    if (name == "$nin") return !Holds("$in", argument, values, ci);
    if (name == "$none") return !Holds("$any", argument, values, ci);
    if (name == "$exists") return !values.empty() == argument.get<bool>();
    return std::any_of(values.begin(), values.end(),
                       [&](const Json& value) { return One(name, argument, value, ci); });
  }

  static bool One(const std::string& name, const Json& argument, const Json& value, bool ci) {
    if (name == "$null") return value.is_null() == argument.get<bool>();
    if (name == "$type") return HasType(value, argument);
    if (name == "$between") {
      return Ordered("$gte", value, argument[0]) && Ordered("$lte", value, argument[1]);
    }
    if (name == "$in") return Listed(value, argument);
    if (value.is_array()) {
      if (name == "$contains") return Has(value, argument);
      if (name == "$any")
        return std::any_of(argument.begin(), argument.end(),
                           [&](const Json& one) { return Has(value, one); });
      if (name == "$all")
        return std::all_of(argument.begin(), argument.end(),
                           [&](const Json& one) { return Has(value, one); });
      if (name == "$size") return Size(argument, static_cast<std::int64_t>(value.size()));
      if (name == "$elem") return Element(argument, value);
    }
    if (name == "$contains" || name == "$any" || name == "$all" || name == "$size" ||
        name == "$elem")
      return false;
    if (name[1] == 'e' || name[1] == 'l' || name.starts_with("$gt"))
      return Ordered(name, value, argument);
    return value.is_string() && Text(name, argument, value.get<std::string>(), ci);
  }

  /// {"$gt": 1} is about the element, {"a": 1} about its members; $not takes after what is in it.
  static bool TestsItself(const Json& argument) {
    const std::string first = argument.empty() ? "" : argument.items().begin().key();
    if (first == "$not") return TestsItself(argument[first]);
    return first.starts_with("$") && first != "$and" && first != "$or" && first != "$nor";
  }

  static bool Element(const Json& argument, const Json& array) {
    const bool itself = TestsItself(argument);
    return std::any_of(array.begin(), array.end(), [&](const Json& element) {
      return itself ? Operators(argument, {element}) : Filter(argument, element);
    });
  }

  static bool Size(const Json& argument, std::int64_t size) {
    if (argument.is_number()) return size == argument.get<std::int64_t>();
    for (const auto& [name, count] : argument.items()) {
      if (!Ordered(name, Json(size), count)) return false;
    }
    return true;
  }

  static bool Listed(const Json& value, const Json& list) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Json& one) { return Ordered("$eq", value, one); });
  }
  static bool Has(const Json& array, const Json& one) {
    return std::any_of(array.begin(), array.end(),
                       [&](const Json& element) { return Ordered("$eq", element, one); });
  }

  static bool HasType(const Json& value, const Json& names) {
    if (names.is_array()) {
      return std::any_of(names.begin(), names.end(),
                         [&](const Json& name) { return HasType(value, name); });
    }
    const std::string type = value.is_number_integer() ? "integer"
                             : value.is_number()       ? "double"
                                                       : value.type_name();
    return names == type || (names == "number" && value.is_number());
  }

  template <typename T>
  static bool Fits(const std::string& name, const T& a, const T& b) {
    if (name == "$gt") return a > b;
    if (name == "$gte") return a >= b;
    if (name == "$lt") return a < b;
    if (name == "$lte") return a <= b;
    return a == b;
  }

  static bool Ordered(const std::string& name, const Json& value, const Json& literal) {
    if (IsTime(literal)) {
      if (!value.is_string() || !KnownTimes().contains(value.get<std::string>())) return false;
      const double wanted =
          literal.contains("$time")
              ? KnownTimes().at(literal["$time"].get<std::string>())
              : 1704067200.0 + KnownOffsets().at(literal["$now"].get<std::string>());
      return Fits(name, KnownTimes().at(value.get<std::string>()), wanted);
    }
    if (value.is_number() && literal.is_number()) return Fits(name, Wide(value), Wide(literal));
    if (value.is_string() && literal.is_string())
      return Fits(name, value.get<std::string>(), literal.get<std::string>());
    return name == "$eq" && Same(value, literal);
  }

  /// 64 bits of mantissa hold every int64, uint64 and double.
  static long double Wide(const Json& number) {
    if (number.is_number_unsigned()) return static_cast<long double>(number.get<std::uint64_t>());
    if (number.is_number_integer()) return static_cast<long double>(number.get<std::int64_t>());
    return static_cast<long double>(number.get<double>());
  }

  static bool Same(const Json& a, const Json& b) {
    if (a.is_number() && b.is_number()) return Wide(a) == Wide(b);
    if (a.type() != b.type() || a.size() != b.size()) return false;
    if (a.is_array()) {
      for (std::size_t at = 0; at < a.size(); ++at) {
        if (!Same(a[at], b[at])) return false;
      }
      return true;
    }
    if (!a.is_object()) return a == b;
    for (const auto& [key, value] : a.items()) {
      if (!b.contains(key) || !Same(value, b[key])) return false;
    }
    return true;
  }

  static bool Glob(const char* pattern, const char* text) {
    if (*pattern == '\0') return *text == '\0';
    if (*pattern == '*')
      return Glob(pattern + 1, text) || (*text != '\0' && Glob(pattern, text + 1));
    return *text != '\0' && (*pattern == '?' || *pattern == *text) && Glob(pattern + 1, text + 1);
  }

  static std::string Lower(std::string text) {
    for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return text;
  }

  static std::string Words(const std::string& text) {
    std::string words = " ";
    for (const char c : Lower(text) + ' ') {
      if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
        words += c;
      } else if (words.back() != ' ') {
        words += ' ';
      }
    }
    return words;
  }

  static bool Text(const std::string& name, const Json& argument, std::string value, bool ci) {
    if (name == "$text") {
      const std::string mode = argument.value("mode", "any");
      const std::string wanted = Words(argument["query"].get<std::string>());
      const std::string words = Words(value);
      if (mode == "phrase") return words.find(wanted) != std::string::npos;
      std::size_t found = 0;
      std::size_t count = 0;
      for (std::size_t at = 0; at + 1 < wanted.size();) {
        const std::size_t end = wanted.find(' ', at + 1);
        ++count;
        if (words.find(wanted.substr(at, end - at + 1)) != std::string::npos) ++found;
        at = end;
      }
      return mode == "all" ? found == count : found > 0;
    }
    std::string pattern = argument.get<std::string>();
    if (name == "$regex") {
      return std::regex_search(value,
                               std::regex(pattern, ci ? std::regex::ECMAScript | std::regex::icase
                                                      : std::regex::ECMAScript));
    }
    if (ci) {
      value = Lower(value);
      pattern = Lower(pattern);
    }
    if (name == "$prefix") return value.starts_with(pattern);
    if (name == "$suffix") return value.ends_with(pattern);
    return Glob(pattern.c_str(), value.c_str());
  }

  /// Paths of the generator: one-letter keys, "." and "[]".
  static void Reach(const Json& at, const std::string& path, std::vector<Json>& values) {
    if (path.empty()) {
      values.push_back(at);
    } else if (path.starts_with("[]")) {
      if (!at.is_array()) return;
      for (const Json& element : at) Reach(element, path.substr(2), values);
    } else {
      const std::string rest = path[0] == '.' ? path.substr(1) : path;
      if (at.is_object() && at.contains(rest.substr(0, 1)))
        Reach(at[rest.substr(0, 1)], rest.substr(1), values);
    }
  }
};

/// Small domains, so that filters hold about as often as not.
class FilterMaker {
 public:
  explicit FilterMaker(std::uint64_t seed) : random_(seed) {}

  Json Document() { return ObjectOf(3); }

  Json Filter(int depth, bool braces = true) {
    Json filter = Json::object();
    for (std::uint64_t count = 1 + Below(2); count > 0; --count) {
      const std::uint64_t kind = Below(depth > 0 ? 10 : 7);
      if (kind == 7) {
        filter["$not"] = Filter(depth - 1);
      } else if (kind > 7) {
        Json parts = Json::array();
        for (std::uint64_t part = 1 + Below(3); part > 0; --part)
          parts.push_back(Filter(depth - 1));
        filter[Pick({"$and", "$or", "$nor"})] = parts;
      } else {
        filter[PathText()] = Below(4) == 0 && braces ? Plain(2) : Operators(depth);
      }
    }
    return filter;
  }

  std::uint64_t Below(std::uint64_t bound) { return random_.Below(bound); }

 private:
  std::string Pick(const std::vector<std::string>& from) { return from[Below(from.size())]; }
  std::string KeyText() { return std::string(1, static_cast<char>('a' + Below(4))); }
  std::string PathText() {
    std::string path = KeyText();
    while (Below(3) == 0) path += Below(2) == 0 ? "[]" : "." + KeyText();
    return path;
  }

  Json Scalar() {
    switch (Below(6)) {
      case 0:
        return Below(3) == 0 ? Json(nullptr) : Json(Below(2) == 0);
      case 1:
        return Below(3) == 0 ? random_.Number() : Json(Below(4));
      case 2:
        return static_cast<double>(Below(8)) / 2;
      case 3:
        return Pick({"2024-01-01T00:00:00Z", "2024-01-01T01:00:00+01:00", "2024-01-01",
                     "2024-01-01t00:00:00.500z", "2023-12-25T00:00:00-00:00",
                     "2023-12-31 23:59:60Z"});
      default:
        return Pick({"", "a", "ab", "B", "abC", "a b", "b, a", "Bc-a b", "cab"});
    }
  }
  Json Plain(int depth) {
    if (depth == 0 || Below(3) != 0) return Scalar();
    if (Below(2) == 0) return ObjectOf(depth - 1);
    Json list = Json::array();
    for (std::uint64_t count = Below(4); count > 0; --count) list.push_back(Plain(depth - 1));
    return list;
  }
  Json ObjectOf(int depth) {
    Json object = Json::object();
    for (std::uint64_t count = Below(5); count > 0; --count) object[KeyText()] = Plain(depth);
    return object;
  }
  Json Literal() {
    switch (Below(8)) {
      case 0:
        return {{"$time", Pick({"2024-01-01T00:00:00Z", "2024-01-01t00:00:00.500z",
                                "2023-12-25T00:00:00-00:00"})}};
      case 1:
        return {{"$now", Pick({"0", "-7d", "+500ms", "-1w", "-6d24h"})}};
      default:
        return Plain(1);
    }
  }
  Json OrderedLiteral() {
    while (true) {
      Json literal = Literal();
      if (literal.is_number() || literal.is_string() ||
          (literal.is_object() && literal.size() == 1 && literal.items().begin().key()[0] == '$')) {
        return literal;
      }
    }
  }
  Json List() {
    Json list = Json::array();
    for (std::uint64_t count = Below(4); count > 0; --count) list.push_back(Literal());
    return list;
  }

  Json Operators(int depth) {
    Json operators = Json::object();
    for (std::uint64_t count = 1 + Below(2); count > 0; --count) AddOperator(operators, depth);
    return operators;
  }

  void AddOperator(Json& operators, int depth) {
    switch (Below(13)) {
      case 0:
        operators[Pick({"$eq", "$ne", "$contains"})] = Literal();
        return;
      case 1:
      case 2:
        operators[Pick({"$gt", "$gte", "$lt", "$lte"})] = OrderedLiteral();
        return;
      case 3:
        operators[Pick({"$in", "$nin", "$any", "$all", "$none"})] = List();
        return;
      case 4:
        operators[Pick({"$exists", "$null"})] = Below(2) == 0;
        return;
      case 5:
        operators["$type"] = Below(2) == 0 ? Json(TypeName()) : Json{TypeName(), TypeName()};
        return;
      case 6:
        operators["$size"] =
            Below(2) == 0 ? Json(Below(4)) : Json{{Pick({"$gt", "$lte"}), Below(4)}};
        return;
      case 7:
        operators["$elem"] =
            depth > 0 && Below(2) == 0 ? Filter(depth - 1) : Operators(depth > 0 ? depth - 1 : 0);
        return;
      case 8:
        operators["$not"] = depth > 0 ? Operators(depth - 1) : Json{{"$gt", 1}};
        return;
      case 9:
        operators["$between"] = Below(2) == 0 ? Json{Below(3), static_cast<double>(Below(8)) / 2}
                                              : Json{"a", Pick({"a b", "b", "c"})};
        return;
      case 10:
        operators["$text"] = {{"query", Pick({"a", "A b", "b a", "c", "bc a"})},
                              {"mode", Pick({"any", "all", "phrase"})}};
        return;
      case 11:
        operators["$regex"] = Pick({"^a", "b$", "a.*b", "[ab]c", "^$", "B|c"});
        break;
      default:
        operators[Pick({"$prefix", "$suffix"})] = Pick({"", "a", "ab", "B", "c"});
        operators["$glob"] = Pick({"*", "a*", "*b", "a?c", "*b*", "?", ""});
    }
    if (Below(2) == 0) operators["ci"] = Below(3) != 0;
  }
  std::string TypeName() {
    return Pick({"null", "boolean", "integer", "double", "number", "string", "array", "object"});
  }

  RandomJson random_;
};

TEST(Filter, AgreesWithTheSlowEvaluatorOnRandomFilters) {
  const std::uint64_t seed = TestSeed();
  FilterMaker make(seed);
  constexpr int kFilters = 12'000;
  constexpr int kDocumentsPerFilter = 4;
  int matched = 0;
  std::size_t warned = 0;
  for (int number = 0; number < kFilters; ++number) {
    const Json filter = make.Filter(3);
    const Result<Filter> parsed = Filter::Parse(filter.dump());
    ASSERT_TRUE(parsed.ok()) << "seed=" << seed << ' ' << filter << ' '
                             << parsed.status().ToString();
    for (int of_filter = 0; of_filter < kDocumentsPerFilter; ++of_filter) {
      const Json document = make.Document();
      TestEntity entity("id", document.dump());
      entity.now = kNowMs;
      const Result<bool> matches = EvaluateFilter(*parsed, entity);
      ASSERT_TRUE(matches.ok());
      ASSERT_EQ(*matches, SlowEvaluator::Filter(filter, document))
          << "seed=" << seed << "\nfilter " << filter << "\ndocument " << document;
      matched += *matches ? 1 : 0;
      warned += entity.warnings().messages().size();
    }
  }
  constexpr int kCases = kFilters * kDocumentsPerFilter;
  EXPECT_GT(matched, kCases / 10);
  EXPECT_LT(matched, kCases * 9 / 10);
  EXPECT_GT(warned, 1'000U);
  std::printf(
      "[ covered  ] %d random filters on %d documents, %d matched, %zu warnings, seed=%llu\n",
      kFilters, kCases, matched, warned, static_cast<unsigned long long>(seed));
}

}  // namespace
}  // namespace phenix::model
