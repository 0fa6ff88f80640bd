#include "tests/server/server_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace phenix::tests {
namespace {

constexpr const char* kBinary = PHENIX_BINARY;

/// The first line that comes out of `descriptor`, without its end; empty when there is none.
std::string ReadLine(int descriptor) {
  std::string line;
  char letter = 0;
  while (read(descriptor, &letter, 1) == 1 && letter != '\n') line.push_back(letter);
  return line;
}

[[noreturn]] void BecomeServer(const std::vector<std::string>& arguments, int out, int errors,
                               const std::map<std::string, std::string>& variables) {
  dup2(out, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words{const_cast<char*>(kBinary)};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  execv(kBinary, words.data());
  _exit(127);
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  path_ = testing::TempDir() + "/phenix_server_XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) std::abort();
}

ScratchDirectory::~ScratchDirectory() { std::filesystem::remove_all(path_); }

ServerProcess::~ServerProcess() {
  if (process_ > 0) {
    Signal(SIGKILL);
    Wait();
  }
  if (!errors_path_.empty()) std::filesystem::remove(errors_path_);
}

bool ServerProcess::Start(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& variables) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return false;
  errors_path_ = testing::TempDir() + "/phenix_errors_XXXXXX";
  const int errors = mkostemp(errors_path_.data(), O_CLOEXEC);
  process_ = fork();
  if (process_ == 0) BecomeServer(arguments, pipe_ends[1], errors, variables);
  close(pipe_ends[1]);
  close(errors);
  ready_line_ = ReadLine(pipe_ends[0]);
  close(pipe_ends[0]);
  return !ready_line_.empty();
}

bool ServerProcess::Serve(const std::string& data, std::vector<std::string> more) {
  std::vector<std::string> arguments = {"serve", "--data",         data, "--http-port",
                                        "0",     "--metrics-port", "0"};
  for (std::string& word : more) arguments.push_back(std::move(word));
  return Start(arguments);
}

void ServerProcess::Signal(int signal_number) const { kill(process_, signal_number); }

Ended ServerProcess::Wait() {
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  if (WIFEXITED(status)) return {true, WEXITSTATUS(status)};
  return {false, WTERMSIG(status)};
}

std::string ServerProcess::Errors() const {
  std::ifstream file(errors_path_);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint16_t ServerProcess::PortAfter(const std::string& mark) const {
  const std::size_t at = ready_line_.find(mark);
  if (at == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::atoi(ready_line_.c_str() + at + mark.size()));
}

}  // namespace phenix::tests
