#include "storage/kv_engine.h"

#include "base/assert.h"

namespace phenix::storage {

std::string_view FamilyName(Family family) {
  switch (family) {
    case Family::kSystem:
      return "system";
    case Family::kSchema:
      return "schema";
    case Family::kEntity:
      return "entity";
    case Family::kOrdinal:
      return "ordinal";
    case Family::kVector:
      return "vector";
    case Family::kEdgeOut:
      return "edge_out";
    case Family::kEdgeIn:
      return "edge_in";
    case Family::kUnique:
      return "unique";
    case Family::kExpiry:
      return "expiry";
    case Family::kFeed:
      return "feed";
    case Family::kGarbage:
      return "garbage";
  }
  PHENIX_ASSERT(false);
  return {};
}

bool IsVersioned(Family family) {
  switch (family) {
    case Family::kSchema:
    case Family::kEntity:
    case Family::kVector:
    case Family::kEdgeOut:
    case Family::kEdgeIn:
    case Family::kUnique:
      return true;
    case Family::kSystem:
    case Family::kOrdinal:
    case Family::kExpiry:
    case Family::kFeed:
    case Family::kGarbage:
      return false;
  }
  return false;
}

}  // namespace phenix::storage
