// phenix-sample: makes the sample data set that `./dev run` loads.
//
//   phenix-sample wordnet [--dictionary DIR] [--dimension N] [--output FILE]
//   phenix-sample wordnet --neighbors WORD [--count N]
//
// Writes one entity per line (JSON) to FILE or standard output; everything else goes to standard
// error. `--neighbors` prints the nearest word senses instead, to judge the vectors by eye.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "phenix/status.h"
#include "wordnet/entity_writer.h"
#include "wordnet/gloss_vectors.h"
#include "wordnet/wordnet_reader.h"

namespace phenix::samples {
namespace {

constexpr std::size_t kWriteBytes = std::size_t{1} << 20U;

struct Arguments {
  std::string dictionary;
  std::string output;
  std::string neighbors_of;
  std::size_t count = 8;
  VectorOptions vectors;
};

// The seconds since construction, for progress lines.
class Stopwatch final {
 public:
  [[nodiscard]] double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Status Usage() {
  return {StatusCode::kInvalidArgument,
          "usage: phenix-sample wordnet [--dictionary DIR] [--dimension N] [--output FILE]\n"
          "                             [--neighbors WORD [--count N]]"};
}

Result<Arguments> Parse(const std::vector<std::string>& words) {
  Arguments arguments;
  if (words.size() % 2 == 0 || words[0] != "wordnet") return Usage();
  for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
    const std::string& value = words[i + 1];
    if (words[i] == "--dictionary") {
      arguments.dictionary = value;
    } else if (words[i] == "--output") {
      arguments.output = value;
    } else if (words[i] == "--neighbors") {
      arguments.neighbors_of = value;
    } else if (words[i] == "--count") {
      arguments.count = std::strtoul(value.c_str(), nullptr, 10);
    } else if (words[i] == "--dimension") {
      arguments.vectors.dimension = std::strtoul(value.c_str(), nullptr, 10);
    } else {
      return Usage();
    }
  }
  if (arguments.vectors.dimension < 1 || arguments.vectors.dimension > 1024) {
    return Status(StatusCode::kInvalidArgument, "--dimension must be 1 to 1024");
  }
  return arguments;
}

void WriteAll(const std::vector<Synset>& synsets, const DenseRows& vectors, std::ostream& out) {
  std::string buffer;
  for (std::size_t i = 0; i < synsets.size(); ++i) {
    AppendEntity(synsets[i], vectors.row(i), buffer);
    if (buffer.size() < kWriteBytes) continue;
    out << buffer;
    buffer.clear();
  }
  out << buffer << std::flush;
}

void PrintNeighbors(const std::vector<Synset>& synsets, const DenseRows& vectors,
                    std::size_t center, std::size_t count) {
  std::vector<float> similarities(synsets.size());
  for (std::size_t i = 0; i < synsets.size(); ++i) {
    const auto a = vectors.row(center);
    const auto b = vectors.row(i);
    similarities[i] = std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
  }
  std::vector<std::size_t> order(synsets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t shown = std::min(count + 1, order.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shown), order.end(),
      [&](std::size_t a, std::size_t b) { return similarities[a] > similarities[b]; });
  for (std::size_t i = 0; i < shown; ++i) {
    const Synset& synset = synsets[order[i]];
    std::cout << std::fixed << std::setprecision(3) << similarities[order[i]] << "  " << synset.id
              << "  " << synset.lemmas[0] << ": " << synset.gloss.substr(0, 70) << "\n";
  }
  std::cout << "\n";
}

Status Neighbors(const std::vector<Synset>& synsets, const DenseRows& vectors,
                 const Arguments& arguments) {
  bool found = false;
  for (std::size_t i = 0; i < synsets.size(); ++i) {
    const auto& lemmas = synsets[i].lemmas;
    if (std::find(lemmas.begin(), lemmas.end(), arguments.neighbors_of) == lemmas.end()) continue;
    PrintNeighbors(synsets, vectors, i, arguments.count);
    found = true;
  }
  if (found) return {};
  return {StatusCode::kNotFound, "no word sense is called '" + arguments.neighbors_of + "'"};
}

Status Run(const std::vector<std::string>& words) {
  const Stopwatch watch;
  PHENIX_ASSIGN_OR_RETURN(Arguments arguments, Parse(words));
  if (arguments.dictionary.empty()) {
    PHENIX_ASSIGN_OR_RETURN(arguments.dictionary, FindWordnet());
  }
  PHENIX_ASSIGN_OR_RETURN(const std::vector<Synset> synsets, ReadWordnet(arguments.dictionary));
  std::size_t relations = 0;
  for (const Synset& synset : synsets) relations += synset.relations.size();
  std::cerr << std::fixed << std::setprecision(1) << "read " << synsets.size()
            << " word senses and " << relations << " relations: " << watch.Seconds() << " s\n";
  const DenseRows vectors = GlossVectors(synsets, arguments.vectors);
  std::cerr << "computed vectors of " << vectors.columns() << " floats: " << watch.Seconds()
            << " s\n";
  if (!arguments.neighbors_of.empty()) return Neighbors(synsets, vectors, arguments);
  if (arguments.output.empty()) {
    WriteAll(synsets, vectors, std::cout);
    return {};
  }
  std::ofstream file(arguments.output, std::ios::binary);
  WriteAll(synsets, vectors, file);
  if (!file) return {StatusCode::kIoError, "cannot write " + arguments.output};
  std::cerr << "wrote " << arguments.output << ": " << watch.Seconds() << " s\n";
  return {};
}

}  // namespace
}  // namespace phenix::samples

int main(int argc, char** argv) {
  const phenix::Status status =
      phenix::samples::Run(std::vector<std::string>(argv + 1, argv + argc));
  if (status.ok()) return 0;
  std::cerr << "phenix-sample: " << status.message() << "\n";
  return status.code() == phenix::StatusCode::kInvalidArgument ? 2 : 1;
}
