// SPDX-License-Identifier: BSD-3-Clause
//
// Files to start the fuzz targets from that depend on the model:  fuzz_seeds corpus  writes
// corpus/parameters/* and corpus/checkpoint/*, with checksums and (.bare) without.
#include <filesystem>
#include <fstream>
#include <fuzz/model.hpp>
#include <iterator>
#include <string>
#include <vector>

int main(int, char** argument) {
  const std::string folder = argument[1], run = folder + "/checkpoint/",
                    plain = folder + "/parameters/";
  std::filesystem::create_directories(run);
  std::filesystem::create_directories(plain);
  fuzz::Sampler sampler{lanes::Seed{1}, lanes::Cpu{1}};
  fuzz::Trainer trainer(sampler, fuzz::theory(), fuzz::options());
  for (int i = 0; i < 3; ++i) trainer.step();
  lanes::save_checkpoint(run + "run.st", trainer);
  lanes::save_parameters(plain + "single.st", sampler);
  lanes::TensorFile doubles;
  doubles.put<double>("parameters", std::vector<double>(sampler.parameters().size(), 0.5),
                      {std::ptrdiff_t(sampler.parameters().size())});
  lanes::save_safetensors(plain + "double.st", doubles);
  for (const std::string& path : {run + "run.st", plain + "single.st", plain + "double.st"}) {
    std::ifstream whole(path, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(whole), {});
    const std::string key = "lanes.checksum";
    for (std::size_t at; (at = bytes.find(key)) != std::string::npos;)
      bytes.replace(at, 5, "other");
    std::ofstream(path + ".bare", std::ios::binary) << bytes;
  }
}
