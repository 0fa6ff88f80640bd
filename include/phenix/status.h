// Status and Result<T>: how every call of Phenix DB says that it failed.
//
// Threads:    values; one thread at a time per object.
// Errors:     operating errors (a conflict, a full disk, a bad argument) are a Status; programmer
//             errors abort. Reading the value of a failed Result aborts in every build.
// Cost:       an OK Status is one null pointer; a failed one is a heap allocation.
#ifndef PHENIX_STATUS_H_
#define PHENIX_STATUS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace phenix {

/// Why a call failed. A code exists only where some caller reacts to exactly it.
enum class StatusCode : std::uint8_t {
  kOk = 0,
  kInvalidArgument,     ///< The request can never succeed as written.
  kNotFound,            ///< The named thing does not exist at the read timestamp.
  kAlreadyExists,       ///< Insert of something that exists, or a taken unique value.
  kPreconditionFailed,  ///< if_version, if_absent or if_filter did not hold.
  kConflict,            ///< Another transaction committed first; run the transaction again.
  kUnavailable,         ///< Closed, or not ready yet; the same call may succeed later.
  kDeadlineExceeded,    ///< The time given was not enough.
  kResourceExhausted,   ///< A documented limit or the disk is full; nothing was written.
  kPermissionDenied,    ///< The caller may not do this.
  kCorruption,          ///< A checksum, signature or length read from storage is wrong.
  kIoError,             ///< The operating system reported a failure; nothing was written.
  kUnknownOutcome,      ///< The write may or may not have been committed.
  kUnimplemented,       ///< This build does not offer the call.
  kInternal,            ///< A bug in Phenix DB.
};

/// The stable lower-case name of a code, e.g. "conflict".
std::string_view StatusCodeName(StatusCode code);

/// The outcome of a call that returns nothing else.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message)
      : state_(std::make_unique<State>(State{code, std::move(message)})) {}
  Status(const Status& other)
      : state_(other.state_ ? std::make_unique<State>(*other.state_) : nullptr) {}
  Status& operator=(const Status& other) {
    if (this != &other) state_ = other.state_ ? std::make_unique<State>(*other.state_) : nullptr;
    return *this;
  }
  Status(Status&&) noexcept = default;
  Status& operator=(Status&&) noexcept = default;
  ~Status() = default;

  [[nodiscard]] bool ok() const { return state_ == nullptr; }
  [[nodiscard]] StatusCode code() const { return state_ ? state_->code : StatusCode::kOk; }
  [[nodiscard]] std::string_view message() const {
    return state_ ? std::string_view(state_->message) : std::string_view();
  }
  /// "conflict: entity 'a' changed after the snapshot", or "ok".
  [[nodiscard]] std::string ToString() const;

  static Status Ok() { return {}; }

 private:
  struct State {
    StatusCode code;
    std::string message;
  };
  std::unique_ptr<State> state_;
};

namespace internal {
[[noreturn]] void DieOnBadResultAccess(const Status& status);
}  // namespace internal

/// A value, or the Status that says why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}         // NOLINT(google-explicit-constructor)
  Result(Status status) : status_(std::move(status)) {  // NOLINT(google-explicit-constructor)
    if (status_.ok()) internal::DieOnBadResultAccess(status_);
  }

  [[nodiscard]] bool ok() const { return value_.has_value(); }
  [[nodiscard]] const Status& status() const { return status_; }

  T& operator*() & { return *Checked(); }
  const T& operator*() const& { return *const_cast<Result*>(this)->Checked(); }
  T&& operator*() && { return std::move(*Checked()); }
  T* operator->() { return &*Checked(); }
  const T* operator->() const { return &*const_cast<Result*>(this)->Checked(); }

 private:
  std::optional<T>& Checked() {
    if (!value_.has_value()) internal::DieOnBadResultAccess(status_);
    return value_;
  }

  Status status_;
  std::optional<T> value_;
};

}  // namespace phenix

#define PHENIX_CONCAT_INNER_(a, b) a##b
#define PHENIX_CONCAT_(a, b) PHENIX_CONCAT_INNER_(a, b)

/// Returns from the enclosing function when `expr` (a Status) is not OK.
#define PHENIX_RETURN_IF_ERROR(expr)                 \
  do {                                               \
    ::phenix::Status phenix_status_ = (expr);        \
    if (!phenix_status_.ok()) return phenix_status_; \
  } while (false)

/// `PHENIX_ASSIGN_OR_RETURN(auto snapshot, OpenSnapshot(at));`
#define PHENIX_ASSIGN_OR_RETURN(lhs, expr) \
  PHENIX_ASSIGN_OR_RETURN_IMPL_(PHENIX_CONCAT_(phenix_result_, __LINE__), lhs, expr)
#define PHENIX_ASSIGN_OR_RETURN_IMPL_(result, lhs, expr) \
  auto result = (expr);                                  \
  if (!result.ok()) return result.status();              \
  lhs = *std::move(result)

#endif  // PHENIX_STATUS_H_
