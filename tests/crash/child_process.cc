#include "tests/crash/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/assert.h"

extern char** environ;

namespace phenix::crash {

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  std::array<int, 2> ends{};
  PHENIX_ASSERT(pipe2(ends.data(), O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  PHENIX_ASSERT(posix_spawn_file_actions_init(&actions) == 0);
  PHENIX_ASSERT(posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO) == 0);
  std::vector<std::string> words = arguments;
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int started =
      posix_spawn(&pid_, words.front().c_str(), &actions, nullptr, pointers.data(), environ);
  PHENIX_ASSERT(started == 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  pipe_ = ends[0];
}

ChildProcess::~ChildProcess() {
  Kill();
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  if (pipe_ >= 0) close(pipe_);
}

bool ChildProcess::ReadMessage() {
  Message message;
  ssize_t got = -1;
  do {
    got = read(pipe_, &message, sizeof(message));
  } while (got < 0 && errno == EINTR);
  if (got == 0) return false;
  // A write of less than PIPE_BUF bytes is whole or absent.
  PHENIX_ASSERT(got == static_cast<ssize_t>(sizeof(message)));
  messages_.push_back(message);
  return true;
}

bool ChildProcess::WaitForMessage() { return ReadMessage(); }

void ChildProcess::Kill() {
  if (pid_ > 0) kill(pid_, SIGKILL);
}

std::vector<Message> ChildProcess::Finish() {
  while (ReadMessage()) {
  }
  int status = 0;
  PHENIX_ASSERT(waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return messages_;
}

}  // namespace phenix::crash
