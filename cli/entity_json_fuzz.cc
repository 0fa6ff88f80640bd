// Any text: no crash; what reads as an entity is written, and reads again as the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/entity_json.h"

namespace {

phenix::Entity EntityOf(phenix::PutOperation put) {
  phenix::Entity entity;
  entity.id = std::move(put.id);
  if (put.document.has_value()) entity.document = *std::move(put.document);
  entity.vectors = std::move(put.vectors);
  entity.edges = std::move(put.edges);
  return entity;
}

std::string Written(const phenix::Entity& entity) {
  std::string text;
  phenix::cli::AppendEntity(text, entity, "here", phenix::cli::EntityStyle::kExport);
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  phenix::cli::EntityReader reader;
  auto put = reader.Read(text, {.collection = "here"});
  if (!put.ok()) return 0;
  const std::string written = Written(EntityOf(*std::move(put)));
  auto again = reader.Read(written, {.collection = "here"});
  if (!again.ok()) std::abort();
  if (Written(EntityOf(*std::move(again))) != written) std::abort();
  return 0;
}
