// A child process that is watched through a pipe from its standard output, and may be killed.
// Threads: one at a time.
#ifndef TESTS_CRASH_CHILD_PROCESS_H_
#define TESTS_CRASH_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace phenix::crash {

/// What the child writes to its standard output, in one write() each.
struct Message {
  enum class Kind : std::uint32_t { kSetUp = 1, kCommitted = 2, kBackedUp = 3 };
  Kind kind = Kind::kSetUp;
  std::uint32_t writer = 0;
  std::uint64_t number = 0;
};

class ChildProcess {
 public:
  /// Starts `arguments`, the first of which is the program's path. Ends the test run when it
  /// cannot.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  /// Kills and reaps a child that is still there.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Waits for the first message. False when the child ended without one.
  bool WaitForMessage();
  /// SIGKILL; nothing when it has ended.
  void Kill();
  /// Reads every message to the end and reaps the child.
  std::vector<Message> Finish();
  /// After Finish(): the exit code, or minus the signal.
  [[nodiscard]] int exit_code() const { return exit_code_; }

 private:
  bool ReadMessage();

  pid_t pid_ = -1;
  int pipe_ = -1;
  int exit_code_ = 0;
  std::vector<Message> messages_;
};

}  // namespace phenix::crash

#endif  // TESTS_CRASH_CHILD_PROCESS_H_
