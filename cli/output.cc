#include "cli/output.h"

#include <cerrno>
#include <system_error>

namespace phenix::cli {

Status Output::Check() {
  if (data_) return Status::Ok();
  if (errno == EPIPE) {
    is_reader_gone_ = true;
    return {StatusCode::kUnavailable, "the reader of standard output went away"};
  }
  return {StatusCode::kIoError,
          "write to standard output: " + std::generic_category().message(errno)};
}

Status Output::WriteData(std::string_view bytes) {
  errno = 0;
  data_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return Check();
}

Status Output::WriteLine(std::string_view text) {
  std::string line(text);
  line += '\n';
  return WriteData(line);
}

Status Output::Flush() {
  errno = 0;
  data_.flush();
  return Check();
}

void Output::Note(std::string_view text) {
  if (!quiet_) notes_ << text << '\n' << std::flush;
}

}  // namespace phenix::cli
