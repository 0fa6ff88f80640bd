// Runs a fuzz target without libFuzzer: the corpus, then a fixed number of seeded mutations of it.
// The same seed and corpus always give the same inputs, so a failure reproduces on any machine.
//
//   NAME [--runs=N] [--seed=S] [DIR_OR_FILE]...
//
// Every input is written to `<binary>.last_input` before it runs; the file is removed when all runs
// passed, so that after a crash it holds the culprit. `NAME <file>` runs one input alone.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// Present only when a sanitizer runtime is linked in.
// NOLINTNEXTLINE(bugprone-reserved-identifier): the name is the runtime's.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using Input = std::vector<uint8_t>;

constexpr size_t kInputBytesMax = size_t{1} << 20;
constexpr uint64_t kRunsDefault = 20000;
constexpr uint64_t kMutationsPerInputMax = 8;
constexpr uint64_t kInsertBytesMax = 32;

struct Options {
  std::string name;
  std::string scratch_path;
  uint64_t runs = kRunsDefault;
  uint64_t seed = 1;
  std::vector<std::string> paths;
};

// Written once before the first run, read by the crash handler, to which nothing can be passed.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::array<char, 512> crash_message{};

void SayWhereTheInputIs() {
  const ssize_t ignored = write(STDERR_FILENO, crash_message.data(), strlen(crash_message.data()));
  (void)ignored;
}

void OnSignal(int signal_number) {
  SayWhereTheInputIs();
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

// Keeps a copy of the current input in a file that outlives an abort.
class Scratch final {
 public:
  explicit Scratch(std::string path)
      : path_(std::move(path)), fd_(open(path_.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0644)) {}
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    if (fd_ >= 0) close(fd_);
  }

  void Save(const Input& input) {
    if (fd_ < 0) return;
    const bool saved =
        ftruncate(fd_, static_cast<off_t>(input.size())) == 0 &&
        pwrite(fd_, input.data(), input.size(), 0) == static_cast<ssize_t>(input.size());
    if (!saved) std::perror("fuzz: cannot save the input");
  }

  void Remove() {
    if (fd_ >= 0) unlink(path_.c_str());
  }

 private:
  std::string path_;
  int fd_;
};

class Mutator final {
 public:
  Mutator(uint64_t seed, const std::vector<Input>& corpus) : random_(seed), corpus_(corpus) {}

  Input Next() {
    Input input;
    if (!corpus_.empty() && Below(64) != 0) {
      input = corpus_[Below(corpus_.size())];
    } else {
      input.resize(Below(256));
      for (uint8_t& byte : input) byte = RandomByte();
    }
    const uint64_t mutations = 1 + Below(kMutationsPerInputMax);
    for (uint64_t i = 0; i < mutations; ++i) Mutate(input);
    if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
    return input;
  }

 private:
  uint64_t Below(uint64_t bound) { return random_() % bound; }
  uint8_t RandomByte() { return static_cast<uint8_t>(Below(256)); }
  size_t Position(const Input& input) { return static_cast<size_t>(Below(input.size())); }

  void Mutate(Input& input) {
    if (input.empty()) {
      Insert(input);
      return;
    }
    switch (Below(10)) {
      case 0:
      case 1:
        input[Position(input)] ^= static_cast<uint8_t>(1U << Below(8));
        break;
      case 2:
        input[Position(input)] = RandomByte();
        break;
      case 3:
        Insert(input);
        break;
      case 4:
        Delete(input);
        break;
      case 5:
        Duplicate(input);
        break;
      case 6:
        Splice(input);
        break;
      case 7:
        input.resize(Position(input));
        break;
      case 8:
        SetInteger(input);
        break;
      default:
        SwapRanges(input);
        break;
    }
  }

  void Insert(Input& input) {
    Input bytes(1 + Below(kInsertBytesMax));
    const bool one_value = Below(2) == 0;
    const uint8_t value = RandomByte();
    for (uint8_t& byte : bytes) byte = one_value ? value : RandomByte();
    const auto at = static_cast<std::ptrdiff_t>(Below(input.size() + 1));
    input.insert(input.begin() + at, bytes.begin(), bytes.end());
  }

  std::pair<size_t, size_t> Range(const Input& input) {
    const size_t begin = Position(input);
    const size_t longest = Below(4) == 0 ? input.size() : size_t{kInsertBytesMax};
    const size_t size = 1 + static_cast<size_t>(Below(longest));
    return {begin, std::min(input.size(), begin + size)};
  }

  static Input::iterator At(Input& input, size_t position) {
    return input.begin() + static_cast<std::ptrdiff_t>(position);
  }

  void Delete(Input& input) {
    const auto [begin, end] = Range(input);
    input.erase(At(input, begin), At(input, end));
  }

  void Duplicate(Input& input) {
    if (input.size() > kInputBytesMax / 2) return;
    const auto [begin, end] = Range(input);
    const Input copy(At(input, begin), At(input, end));
    input.insert(At(input, end), copy.begin(), copy.end());
  }

  // Keeps a head of this input and takes a tail of another one.
  void Splice(Input& input) {
    if (corpus_.empty()) return;
    const Input& other = corpus_[Below(corpus_.size())];
    if (other.empty()) return;
    input.resize(Position(input));
    const auto from = static_cast<std::ptrdiff_t>(Below(other.size()));
    input.insert(input.end(), other.begin() + from, other.end());
  }

  // Overwrites 1, 2, 4 or 8 bytes with a number at the edge of its type, in either byte order.
  void SetInteger(Input& input) {
    static constexpr std::array<uint64_t, 14> kEdges = {
        0,      1,          0x7F,       0x80,       0xFF,       0x7FFF,      0x8000,
        0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0, 1ULL << 63U, ~uint64_t{0}};
    uint64_t value = kEdges[Below(kEdges.size())];
    if (Below(4) == 0) value = input.size() + Below(3) - 1;
    const size_t width = size_t{1} << Below(4);
    const bool big_endian = Below(2) == 0;
    const size_t begin = Position(input);
    for (size_t i = 0; i < width && begin + i < input.size(); ++i) {
      const size_t shift = 8 * (big_endian ? width - 1 - i : i);
      input[begin + i] = static_cast<uint8_t>(value >> shift);
    }
  }

  void SwapRanges(Input& input) {
    const auto [first_begin, first_end] = Range(input);
    const auto [second_begin, second_end] = Range(input);
    const size_t size = std::min(first_end - first_begin, second_end - second_begin);
    const size_t distance =
        first_begin < second_begin ? second_begin - first_begin : first_begin - second_begin;
    if (distance < size) return;  // overlapping ranges cannot be swapped
    std::swap_ranges(At(input, first_begin), At(input, first_begin + size),
                     At(input, second_begin));
  }

  std::mt19937_64 random_;
  const std::vector<Input>& corpus_;
};

bool ReadNumber(std::string_view argument, std::string_view flag, uint64_t& value) {
  if (!argument.starts_with(flag)) return false;
  value = std::strtoull(std::string(argument.substr(flag.size())).c_str(), nullptr, 10);
  return true;
}

Options ParseOptions(int argc, char** argv) {
  Options options;
  const std::string binary = argv[0];
  options.name = std::filesystem::path(binary).filename().string();
  options.scratch_path = binary + ".last_input";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (ReadNumber(argument, "--runs=", options.runs)) continue;
    if (ReadNumber(argument, "--seed=", options.seed)) continue;
    options.paths.emplace_back(argument);
  }
  return options;
}

Input ReadInput(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return Input(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

std::vector<std::filesystem::path> FilesOf(const std::string& path) {
  if (std::filesystem::is_regular_file(path)) return {path};
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(path)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  // In the order of their names, so that a seed means the same inputs everywhere.
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Input> LoadCorpus(const std::vector<std::string>& paths) {
  std::vector<Input> corpus;
  for (const std::string& path : paths) {
    for (const auto& file : FilesOf(path)) corpus.push_back(ReadInput(file));
  }
  return corpus;
}

void InstallCrashMessage(const Options& options) {
  std::snprintf(crash_message.data(), crash_message.size(),
                "fuzz %s: FAILED, seed %llu, the input is kept in %s\n", options.name.c_str(),
                static_cast<unsigned long long>(options.seed), options.scratch_path.c_str());
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(&SayWhereTheInputIs);
    std::signal(SIGABRT, &OnSignal);
    return;
  }
  for (const int signal_number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    std::signal(signal_number, &OnSignal);
  }
}

bool IsOneFile(const Options& options) {
  return options.paths.size() == 1 && std::filesystem::is_regular_file(options.paths[0]);
}

}  // namespace

int main(int argc, char** argv) {
  Options options = ParseOptions(argc, argv);
  if (IsOneFile(options)) options.runs = 0;
  const std::vector<Input> corpus = LoadCorpus(options.paths);
  InstallCrashMessage(options);
  Scratch scratch(options.scratch_path);
  const auto run = [&scratch](const Input& input) {
    scratch.Save(input);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  };
  for (const Input& input : corpus) run(input);
  Mutator mutator(options.seed, corpus);
  for (uint64_t i = 0; i < options.runs; ++i) run(mutator.Next());
  scratch.Remove();
  std::cout << "fuzz " << options.name << ": corpus " << corpus.size() << " files, "
            << options.runs + corpus.size() << " runs, seed " << options.seed << ", ok\n";
  return 0;
}
