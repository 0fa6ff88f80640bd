// Random JSON for the property tests of this room, made with nlohmann's tree as the reference.
#ifndef MODEL_RANDOM_JSON_H_
#define MODEL_RANDOM_JSON_H_

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "model/path.h"

namespace phenix::model {

/// The seed of this run: PHENIX_TEST_SEED, or a fixed one.
inline std::uint64_t TestSeed() {
  const char* text = std::getenv("PHENIX_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 20'260'101ULL;
}

/// Values that hit the edges of every encoding more often than chance would.
class RandomJson {
 public:
  using Json = nlohmann::ordered_json;

  explicit RandomJson(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t Below(std::uint64_t bound) { return engine_() % bound; }

  Json Number() {
    switch (Below(7)) {
      case 0:
        return Below(70);
      case 1:
        return static_cast<std::int64_t>(engine_() >> Below(64));
      case 2:
        return engine_();
      case 3:
        return -static_cast<std::int64_t>(engine_() >> (1 + Below(62)));
      case 4:
        return static_cast<double>(static_cast<std::int64_t>(Below(200)) - 100) / 4;
      case 5: {
        static const std::vector<Json> edges = {INT64_MIN,
                                                INT64_MAX,
                                                static_cast<std::uint64_t>(INT64_MAX) + 1,
                                                UINT64_MAX,
                                                0.0,
                                                -0.0,
                                                9007199254740993LL,
                                                9007199254740992.0,
                                                9223372036854775808.0,
                                                18446744073709551616.0,
                                                -9223372036854775808.0,
                                                1e22,
                                                5e-324,
                                                1.7976931348623157e308,
                                                63,
                                                64,
                                                -1};
        return edges[Below(edges.size())];
      }
      default:
        return Finite();
    }
  }

  std::string Text() {
    static const std::vector<std::string> pieces = {
        "a", "b", "Z",   "é", "🔥", "\"", "\\", "\n", "0", "\t", ".", "$", std::string(1, '\0'),
        "ž", " ", "\x7f"};
    std::string text;
    const std::uint64_t count = Below(20) == 0 ? 100 + Below(100) : Below(6);
    for (std::uint64_t piece = 0; piece < count; ++piece) text += pieces[Below(pieces.size())];
    return text;
  }

  Json Value(int depth) {
    switch (Below(depth > 0 ? 7 : 5)) {
      case 0:
        return nullptr;
      case 1:
        return Below(2) == 0;
      case 2:
      case 3:
        return Number();
      case 4:
        return Text();
      case 5: {
        Json list = Json::array();
        for (std::uint64_t count = Below(5); count > 0; --count) list.push_back(Value(depth - 1));
        return list;
      }
      default:
        return Object(depth - 1);
    }
  }

  Json Object(int depth) {
    Json object = Json::object();
    const std::uint64_t members = Below(40) == 0 ? 60 : Below(7);
    for (std::uint64_t count = members; count > 0; --count) object[Key()] = Value(depth);
    return object;
  }

  /// A path as text: mostly one that exists in `value`, sometimes one that does not.
  std::string PathIn(const Json& value) {
    std::string path;
    const Json* at = &value;
    for (int step = 0; step < 5; ++step) {
      const bool wander = Below(10) == 0;
      if (at != nullptr && at->is_array() && !at->empty() && !path.empty() && !wander) {
        path += "[]";
        at = &at->at(Below(at->size()));
      } else {
        std::string key = Key();
        const bool inside = at != nullptr && at->is_object() && !at->empty() && !wander;
        if (inside)
          key = std::next(at->items().begin(), static_cast<long>(Below(at->size()))).key();
        path += (path.empty() ? "" : ".") + PathKeyText(key);
        at = inside ? &at->at(key) : nullptr;
      }
      const bool leaf = at == nullptr || !at->is_structured();
      if (leaf ? Below(8) != 0 : Below(3) == 0) break;
    }
    return path;
  }

  std::string Key() {
    return Below(3) == 0 ? Text() : std::string(1, static_cast<char>('a' + Below(8)));
  }

 private:
  double Finite() {
    while (true) {
      const std::uint64_t bits = engine_();
      double value = 0;
      std::memcpy(&value, &bits, sizeof value);
      if (std::isfinite(value)) return value;
    }
  }

  std::mt19937_64 engine_;
};

}  // namespace phenix::model

#endif  // MODEL_RANDOM_JSON_H_
