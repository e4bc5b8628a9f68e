// SPDX-License-Identifier: BSD-3-Clause
//
// The C++ side of what Python reads and writes here. Exit status 1 and a sentence where a file is
// not what it should be.
//
//   exchange train FOLDER     trains for seconds; writes what read.py, from_torch.py, use.py read:
//     history.npy, checkpoint.safetensors, parameters.safetensors of the training; ensemble.npy, an
//     exact one, with its susceptibility in result.json; draws.npy of the flow with log_q.npy
//   exchange evaluate PARAMETERS FIELDS LOG_Q BACK     for from_torch.py: reads parameters and
//     fields that Python wrote; writes ln q of the fields, and the parameters as the library does
#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <lanes/io/checkpoint.hpp>
#include <lanes/io/ensemble.hpp>
#include <lanes/io/history.hpp>
#include <lanes/io/parameters.hpp>

#include "composition.hpp"

namespace {

void train(const std::string& folder) {
  std::filesystem::create_directories(folder);
  const auto at = [&](const char* name) { return folder + "/" + name; };
  std::filesystem::remove(at("checkpoint.safetensors"));  // a new run, not the rest of an old one

  example::Sampler sampler{lanes::Seed{7}};
  const auto trained = lanes::train_with_checkpoint<lanes::PathGradient>(
      sampler, example::theory,
      {.steps = 200, .batch = 256, .optimizer = {.learning_rate = 0.01}, .evaluate_every = 100},
      at("checkpoint.safetensors"), 100);
  lanes::save_history(at("history.npy"), trained.history);
  lanes::save_parameters(at("parameters.safetensors"), sampler);

  const auto ensemble = lanes::sample_exact(sampler, example::theory, {.configurations = 40'000});
  lanes::save_configurations(at("ensemble.npy"), ensemble);
  const lanes::Estimate chi = analyse(lanes::Susceptibility{}, ensemble).front();
  const nlohmann::json result = {{"acceptance", ensemble.acceptance()},
                                 {"susceptibility", {{"value", chi.value}, {"error", chi.error}}}};
  lanes::write_file_atomically(at("result.json"), {lanes::bytes_of(result.dump(2) + "\n")});

  const auto draws = sampler.draw(1000);
  lanes::save_npy(at("draws.npy"), draws.fields.data(), {1000, 8, 8});
  lanes::save_npy(at("log_q.npy"), draws.log_q.data(), {1000});
  std::printf("susceptibility %s, acceptance %.2f; written to %s\n", to_string(chi).c_str(),
              ensemble.acceptance(), folder.c_str());
}

void evaluate(const std::string& parameters, const std::string& fields, const std::string& log_q,
              const std::string& back) {
  example::Sampler sampler{lanes::Seed{7}};
  lanes::load_parameters(parameters, sampler);
  const auto values = sampler.log_density(
      lanes::load_configurations<example::Theory::Field, example::Geometry, double>(fields));
  lanes::save_npy(log_q, values.data(), {static_cast<std::ptrdiff_t>(values.size())});
  lanes::save_parameters(back, sampler);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "train")
    train(words[1]);
  else if (words.size() == 5 && words[0] == "evaluate")
    evaluate(words[1], words[2], words[3], words[4]);
  else
    throw std::invalid_argument("usage: train FOLDER, or evaluate PARAMETERS FIELDS LOG_Q BACK");
} catch (const std::exception& error) {
  std::fprintf(stderr, "exchange: %s\n", error.what());
  return 1;
}
