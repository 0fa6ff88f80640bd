#include "tests/isolation/postgres/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "io/clock.h"

namespace phenix::isolation {
namespace {

constexpr const char* kProgramDirectory = "/usr/lib/postgresql/15/bin/";
constexpr std::chrono::seconds kStartTimeMax{60};
constexpr std::chrono::milliseconds kPollInterval{20};
constexpr std::size_t kLogTailBytes = 2000;
constexpr int kExecFailed = 127;

/// Whom a child of root becomes: PostgreSQL refuses to be root.
const passwd* UnprivilegedUser() {
  const passwd* user = getpwnam("postgres");
  return user != nullptr ? user : getpwnam("nobody");
}

/// In the child: gives up root, ties the child's life to the parent's, and never returns.
[[noreturn]] void BecomeProgram(const std::vector<std::string>& command, const passwd* user,
                                std::FILE* log) {
  dup2(fileno(log), STDOUT_FILENO);
  dup2(fileno(log), STDERR_FILENO);
  if (user != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) {
    _exit(kExecFailed);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  _exit(kExecFailed);
}

}  // namespace

Result<std::unique_ptr<PostgresServer>> PostgresServer::Start(const std::string& scratch_parent) {
  if (access((std::string(kProgramDirectory) + "initdb").c_str(), X_OK) != 0) {
    return Status(StatusCode::kNotFound,
                  "PostgreSQL 15 is not installed (apt-get install postgresql-15): no initdb in " +
                      std::string(kProgramDirectory));
  }
  std::string directory = scratch_parent + "/phenix_postgres_XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    return Status(StatusCode::kIoError, "cannot make a directory in " + scratch_parent);
  }
  std::unique_ptr<PostgresServer> server(new PostgresServer(directory));
  const passwd* user = geteuid() == 0 ? UnprivilegedUser() : nullptr;
  if (user != nullptr && chown(directory.c_str(), user->pw_uid, user->pw_gid) != 0) {
    return Status(StatusCode::kIoError, "cannot give " + directory + " away");
  }
  PHENIX_RETURN_IF_ERROR(server->InitializeCluster());
  PHENIX_RETURN_IF_ERROR(server->Launch());
  return server;
}

PostgresServer::~PostgresServer() {
  if (process_ > 0) {
    kill(process_, SIGQUIT);  // Immediate shutdown: there is nothing to keep.
    waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string PostgresServer::connection_string() const {
  return "host=" + directory_ + " user=phenix dbname=postgres";
}

pid_t PostgresServer::Run(const std::vector<std::string>& command) const {
  const passwd* user = geteuid() == 0 ? UnprivilegedUser() : nullptr;
  std::FILE* log = std::fopen((directory_ + "/log").c_str(), "a");
  if (log == nullptr) return -1;
  const pid_t child = fork();
  if (child == 0) BecomeProgram(command, user, log);
  std::fclose(log);
  return child;
}

Status PostgresServer::InitializeCluster() {
  const pid_t child =
      Run({std::string(kProgramDirectory) + "initdb", "--pgdata", directory_ + "/cluster",
           "--auth=trust", "--username=phenix", "--no-sync", "--no-locale", "--encoding=UTF8"});
  int exit_status = -1;
  if (child < 0 || waitpid(child, &exit_status, 0) != child || exit_status != 0) {
    return {StatusCode::kInternal, "initdb failed: " + LogTail()};
  }
  return Status::Ok();
}

Status PostgresServer::Launch() {
  std::vector<std::string> command{std::string(kProgramDirectory) + "postgres", "-D",
                                   directory_ + "/cluster", "-k", directory_};
  for (const char* setting :
       {"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
        "autovacuum=off", "max_connections=40", "shared_buffers=32MB", "deadlock_timeout=20ms",
        "max_pred_locks_per_transaction=256"}) {
    command.emplace_back("-c");
    command.emplace_back(setting);
  }
  process_ = Run(command);
  return WaitUntilReady();
}

Status PostgresServer::WaitUntilReady() {
  io::Clock& clock = io::SystemClock();
  const std::chrono::nanoseconds deadline = clock.Monotonic() + kStartTimeMax;
  while (process_ > 0 && clock.Monotonic() < deadline) {
    if (PQping(connection_string().c_str()) == PQPING_OK) return Status::Ok();
    if (waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = -1;
      break;
    }
    clock.SleepFor(kPollInterval);
  }
  return {StatusCode::kInternal, "PostgreSQL does not start: " + LogTail()};
}

std::string PostgresServer::LogTail() const {
  std::ifstream log(directory_ + "/log");
  const std::string text{std::istreambuf_iterator<char>(log), std::istreambuf_iterator<char>()};
  return text.size() > kLogTailBytes ? text.substr(text.size() - kLogTailBytes) : text;
}

}  // namespace phenix::isolation
