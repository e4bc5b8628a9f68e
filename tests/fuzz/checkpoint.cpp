// SPDX-License-Identifier: BSD-3-Clause
//
// Any bytes as a checkpoint; where it is refused, sampler and trainer are as they were, and where
// it is read, so is what is saved then.
#include <fuzz/input.hpp>
#include <fuzz/model.hpp>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fuzz::Sampler sampler{lanes::Seed{1}, lanes::Cpu{1}};
  static fuzz::Trainer trainer(sampler, fuzz::theory(), fuzz::options());
  static const auto before = trainer.state();
  static const std::vector<float> parameters(sampler.parameters().begin(),
                                             sampler.parameters().end());
  const fuzz::Input input(data, size);
  for (const auto how : {lanes::Continue::same, lanes::Continue::changed}) {
    const bool read = fuzz::reads(
        input, [&](const std::string& path) { lanes::load_checkpoint(path, trainer, how); });
    if (read) {
      lanes::save_checkpoint(fuzz::scratch(), trainer);
      lanes::load_checkpoint(fuzz::scratch(), trainer, how);
      sampler.set_parameters(parameters);
      trainer.set_state(before);
    } else {
      fuzz::Input::require(trainer.state().step == 0 && trainer.state().history.changes.empty() &&
                           std::vector(sampler.parameters().begin(), sampler.parameters().end()) ==
                               parameters);
    }
  }
  return 0;
}
