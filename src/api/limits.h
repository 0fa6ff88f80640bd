// Every bound of the room in one place; GET /limits shows them.
#ifndef API_LIMITS_H_
#define API_LIMITS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "phenix/document.h"

namespace phenix::api {

/// Of one request body. Larger loads are split by the client.
inline constexpr std::size_t kRequestBodyBytesMax = kDocumentBytesMax;
inline constexpr std::size_t kRequestTargetBytesMax = 8'192;
inline constexpr std::size_t kRequestIdBytesMax = 128;
/// Entities, edges or operations of one request.
inline constexpr std::size_t kRequestOperationsMax = 10'000;
/// Faults listed in one answer.
inline constexpr std::size_t kFaultsMax = 16;

inline constexpr std::size_t kIdempotencyKeyBytesMax = 255;
inline constexpr std::chrono::milliseconds kIdempotencyMemory = std::chrono::hours(24);

inline constexpr std::size_t kTransactionsOpenMax = 1'000;
inline constexpr std::chrono::milliseconds kTransactionIdleMax = std::chrono::seconds(60);
inline constexpr std::chrono::milliseconds kTransactionTimeoutDefault = std::chrono::seconds(60);
inline constexpr std::chrono::milliseconds kTransactionTimeoutMax = std::chrono::minutes(10);
/// How often a one-shot serializable transaction is run again after a conflict.
inline constexpr unsigned kRunAttemptsMax = 10;

inline constexpr std::uint32_t kPageLimitDefault = 100;
inline constexpr std::uint32_t kQueryLimitDefault = 10;
inline constexpr std::size_t kFacetFieldsMax = 32;
inline constexpr std::size_t kFacetValuesMax = 10'000;
inline constexpr std::uint32_t kFacetLimitDefault = 10;
inline constexpr std::uint32_t kChangesLimitDefault = 1'000;
inline constexpr std::uint32_t kChangesLimitMax = 10'000;

static_assert(kTransactionTimeoutDefault <= kTransactionTimeoutMax);

}  // namespace phenix::api

#endif  // API_LIMITS_H_
