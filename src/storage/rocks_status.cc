#include "storage/rocks_status.h"

#include <string>

namespace phenix::storage {
namespace {

StatusCode CodeOf(const rocksdb::Status& status) {
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kSpaceLimit ||
      status.IsMemoryLimit()) {
    return StatusCode::kResourceExhausted;
  }
  if (status.IsPathNotFound() || status.IsNotFound()) return StatusCode::kNotFound;
  if (status.IsCorruption()) return StatusCode::kCorruption;
  if (status.IsIOError()) return StatusCode::kIoError;
  if (status.IsBusy() || status.IsTryAgain() || status.IsShutdownInProgress() ||
      status.IsAborted()) {
    return StatusCode::kUnavailable;
  }
  if (status.IsInvalidArgument()) return StatusCode::kInvalidArgument;
  if (status.IsNotSupported()) return StatusCode::kUnimplemented;
  return StatusCode::kInternal;
}

}  // namespace

Status FromRocks(const rocksdb::Status& status, const char* call) {
  if (status.ok()) return Status::Ok();
  return {CodeOf(status), std::string("engine ") + call + ": " + status.ToString()};
}

rocksdb::IOStatus ToRocks(const Status& status) {
  const std::string message(status.message());
  switch (status.code()) {
    case StatusCode::kOk:
      return rocksdb::IOStatus::OK();
    case StatusCode::kNotFound:
      return rocksdb::IOStatus::PathNotFound(message);
    case StatusCode::kResourceExhausted:
      return rocksdb::IOStatus::NoSpace(message);
    case StatusCode::kCorruption:
      return rocksdb::IOStatus::Corruption(message);
    case StatusCode::kUnavailable:
      return rocksdb::IOStatus::Busy(message);
    default:
      return rocksdb::IOStatus::IOError(message);
  }
}

}  // namespace phenix::storage
