// The real `phenix serve` as a child process, for tests.
#ifndef TESTS_SERVER_SERVER_PROCESS_H_
#define TESTS_SERVER_SERVER_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace phenix::tests {

/// A directory that is removed at the end of the test.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// How a process ended.
struct Ended {
  bool exited = false;  ///< else by a signal
  int code = 0;         ///< exit code or signal
};

class ServerProcess {
 public:
  ServerProcess() = default;
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Starts `phenix ARGUMENTS` and waits for its first line. False when it ended without one.
  bool Start(const std::vector<std::string>& arguments,
             const std::map<std::string, std::string>& variables = {});
  /// Starts `phenix serve` on ports that the system chooses.
  bool Serve(const std::string& data, std::vector<std::string> more = {});
  void Signal(int signal_number) const;
  Ended Wait();

  [[nodiscard]] const std::string& ready_line() const { return ready_line_; }
  [[nodiscard]] std::uint16_t http_port() const { return PortAfter("REST http://127.0.0.1:"); }
  [[nodiscard]] std::uint16_t metrics_port() const {
    return PortAfter("metrics http://127.0.0.1:");
  }
  /// Everything on standard error; complete after Wait().
  [[nodiscard]] std::string Errors() const;

 private:
  [[nodiscard]] std::uint16_t PortAfter(const std::string& mark) const;

  pid_t process_ = -1;
  std::string ready_line_;
  std::string errors_path_;
};

}  // namespace phenix::tests

#endif  // TESTS_SERVER_SERVER_PROCESS_H_
