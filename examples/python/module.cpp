// SPDX-License-Identifier: BSD-3-Clause
//
// lanes_example, a Python module of one composition. What C++ has drawn numpy sees where it is,
// without a copy: an array owns the memory and outlives the sampler. Errors: ValueError for values
// that are refused (std::invalid_argument), RuntimeError for files (std::runtime_error).
#include <pybind11/numpy.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <lanes/io/parameters.hpp>

#include "composition.hpp"

namespace py = pybind11;
using example::Sampler;
using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;

/// The memory of `values` as an array of that shape; a capsule frees it with the last view.
static Array to_numpy(std::vector<double> values, std::vector<std::size_t> shape) {
  auto held = std::make_unique<std::vector<double>>(std::move(values));
  const py::capsule owner(held.get(), [](void* p) { delete static_cast<std::vector<double>*>(p); });
  return Array(std::move(shape), held.release()->data(), owner);
}

/// fields [count][8][8], ln q [count]
static py::tuple draw(Sampler& sampler, std::size_t count, std::uint64_t first) {
  auto batch = sampler.draw(count, first);
  return py::make_tuple(to_numpy(std::move(batch.fields), {count, 8, 8}),
                        to_numpy(std::move(batch.log_q), {count}));
}

/// fields [chains][n / chains][8][8], S and ln q [chains][n / chains], the acceptance
static py::dict sample_exact(Sampler& sampler, std::size_t n, std::size_t chains) {
  auto ensemble =
      lanes::sample_exact(sampler, example::theory, {.configurations = n, .chains = chains});
  const std::size_t each = n / chains;
  using namespace py::literals;
  return py::dict("acceptance"_a = ensemble.acceptance(),
                  "fields"_a = to_numpy(std::move(ensemble.configurations), {chains, each, 8, 8}),
                  "action"_a = to_numpy(std::move(ensemble.action), {chains, each}),
                  "log_q"_a = to_numpy(std::move(ensemble.log_q), {chains, each}));
}

PYBIND11_MODULE(lanes_example, module) {
  using namespace py::literals;
  py::class_<Sampler>(module, "Sampler")
      .def(py::init([](std::uint64_t seed) { return Sampler{lanes::Seed{seed}}; }), "seed"_a)
      .def("load", [](Sampler& s, const std::string& path) { lanes::load_parameters(path, s); })
      .def("set_parameters",
           [](Sampler& s, Array p) {
             s.set_parameters({p.data(), std::size_t(p.size())});
           })
      .def("draw", draw, "count"_a, "first"_a = 0)
      .def("sample_exact", sample_exact, "configurations"_a, "chains"_a = 1);
}
