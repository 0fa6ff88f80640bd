// Any text as a configuration file: scalars with keys, or an error with a line; never a crash.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.h"
#include "server/setting.h"
#include "server/yaml_source.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto scalars = phenix::server::ReadYaml(text);
  if (!scalars.ok()) {
    PHENIX_ASSERT(!scalars.status().message().empty());
    return 0;
  }
  for (const phenix::server::YamlScalar& scalar : *scalars) {
    PHENIX_ASSERT(!scalar.key.empty() && scalar.line > 0);
    const phenix::server::Setting* setting = phenix::server::FindSettingByKey(scalar.key);
    if (setting != nullptr) static_cast<void>(phenix::server::CheckValue(*setting, scalar.text));
  }
  return 0;
}
