// Setting: one key of the configuration, with its spellings, its type and what it does.
//
// The table in setting.cc is the source of `phenix config print` and of
// docs/reference/configuration.md.
#ifndef SERVER_SETTING_H_
#define SERVER_SETTING_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "phenix/status.h"

namespace phenix::server {

enum class SettingType : std::uint8_t {
  kText,
  kPort,    ///< 0 to 65535; 0 lets the system choose
  kBool,    ///< true, false, on, off, yes, no, 1, 0
  kSize,    ///< bytes: digits with an optional unit, "10GB", "512MiB"
  kCount,   ///< 1 to 1,000,000
  kRatio,   ///< 0 to 1
  kChoice,  ///< one of Setting::choices, in any case
};

/// Whether setting a key does something in this build.
enum class SettingEffect : std::uint8_t {
  kWorks,
  kOtherMode,  ///< accepted; the server says at start that it does nothing here, and why
};

struct Setting {
  std::string_view key;       ///< in the file, "server.http_port"
  std::string_view variable;  ///< "PHENIX_DB_HTTP_PORT"; empty if none
  std::string_view flag;      ///< "http-port"; empty if none
  SettingType type = SettingType::kText;
  std::string_view otherwise;  ///< the default, as text
  SettingEffect effect = SettingEffect::kWorks;
  std::string_view about;    ///< what it does, or where it would
  std::string_view choices;  ///< of kChoice, with spaces
};

std::span<const Setting> AllSettings();
/// Null when there is none.
const Setting* FindSettingByKey(std::string_view key);
const Setting* FindSettingByVariable(std::string_view variable);
const Setting* FindSettingByFlag(std::string_view flag);

/// Errors: kInvalidArgument that says what `setting` expects.
Status CheckValue(const Setting& setting, std::string_view text);

// Values of texts that CheckValue() passed.
bool ParseBool(std::string_view text);
/// KB, MB, GB, TB are powers of 1000; KiB, MiB, GiB, TiB of 1024. Errors: kInvalidArgument.
Result<std::uint64_t> ParseSize(std::string_view text);
std::string LowerCase(std::string_view text);

}  // namespace phenix::server

#endif  // SERVER_SETTING_H_
