// SPDX-License-Identifier: BSD-3-Clause
//
// Parameters saved and loaded; whatever is wrong with a file, the sampler stays as it was.
#include <cmath>
#include <cstddef>
#include <string>
#include <training/small_model.hpp>
#include <vector>

#include <doctest/doctest.h>

#include <lanes/core/bfloat16.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/layer/multiscale.hpp>
#include <lanes/transform/rational_quadratic.hpp>
#include <support/temporary_folder.hpp>

using namespace lanes;

namespace local {
struct Type {};
template <class...>
struct Of {};
}  // namespace local
namespace mylanes {
struct Type {};
}  // namespace mylanes

namespace {

struct Unnamed {};
template <class, int = 3>
struct Mine {};
template <bool>
struct Switch {};

}  // namespace
template <>
inline constexpr const char* lanes::policy_name<Switch<true>> = "a switch";

namespace {

using Single1 = small::Sampler<Single>;
template <class Geometry, class Flow, class Precision>
using Other = Sampler<Scalar, Geometry, Flow, Precision>;
template <int Width>
using Net = ConvNet<Channels<Width>, Kernel<3>, LeakyRelu>;

template <class Sampler>
std::string refusal(const std::string& path, Sampler& sampler) {
  const auto before = small::parameters(sampler);
  const std::string message = message_of([&] { load_parameters(path, sampler); });
  CHECK((message.empty() || small::parameters(sampler) == before));
  return message;
}

}  // namespace

TEST_CASE("type_text is the name without blanks and without lanes::") {
  CHECK(detail::type_text<int>() == "int");
  CHECK(detail::type_text<Lattice<4, 6>>() == "Lattice<4,6>");
  CHECK(detail::type_text<small::Flow>() ==
        "Repeat<2,Coupling<Checkerboard,Affine,ConvNet<Channels<4>,Kernel<3>,LeakyRelu>>>");
  CHECK(detail::type_text<local::Of<local::Type, int[3]>>() == "local::Of<local::Type,int[3]>");
  CHECK(detail::type_text<mylanes::Type>() == "mylanes::Type");
}

TEST_CASE("type_text shows all arguments, and neither unnamed namespaces nor functions") {
  CHECK(detail::type_text<RationalQuadratic<8>>() == "RationalQuadratic<8,5>");
  CHECK(detail::type_text<Mine<Single>>() == "Mine<Single,3>");
  CHECK(detail::type_text<local::Of<Unnamed>>() == "local::Of<Unnamed>");
  struct Within {};
  CHECK(detail::type_text<Repeat<2, Within>>() == "Repeat<2,Within>");
  CHECK(detail::type_text<Multiscale<2, Within>>() == "Multiscale<2,Within,Within,Sublattice>");
  CHECK(detail::type_text<Switch<true>>() == "a switch");
}

TEST_CASE("what was saved is loaded, and draws follow") {
  const TemporaryFolder folder;
  Single1 saved{Seed{1}};
  auto values = small::parameters(saved);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = float(0.1 * std::sin(double(i)));
  saved.set_parameters(values);
  save_parameters(folder / "a", saved);

  Single1 loaded{Seed{2}};
  load_parameters(folder / "a", loaded);
  CHECK(small::parameters(loaded) == values);
  const auto x = saved.draw(8).fields;
  CHECK(loaded.log_density(x) == saved.log_density(x));

  const TensorFile file = load_safetensors(folder / "a");
  CHECK(file.as<float>("parameters", {Single1::parameter_count()})[3] == values[3]);
  CHECK(file.text("geometry") == "Lattice<4,4>");
}

TEST_CASE("across precisions: to Double as they are, to Single and Mixed rounded once") {
  const TemporaryFolder folder;
  Single1 single{Seed{1}}, back{Seed{2}};
  small::Sampler<Double> wide{Seed{3}}, other{Seed{4}};
  small::Sampler<Mixed<bfloat16>> mixed{Seed{5}};
  auto values = small::parameters(wide);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.1 * std::sin(double(i));
  wide.set_parameters(values);

  save_parameters(folder / "double", wide);
  load_parameters(folder / "double", single);
  load_parameters(folder / "double", mixed);
  const auto rounded = small::parameters(single);
  CHECK(small::parameters(mixed) == rounded);
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(rounded[i] == float(values[i]));

  save_parameters(folder / "single", single);
  load_parameters(folder / "single", other);
  const auto exact = small::parameters(other);
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(exact[i] == double(rounded[i]));
  save_parameters(folder / "double", other);
  load_parameters(folder / "double", back);
  CHECK(small::parameters(back) == rounded);

  const auto x = wide.draw(4).fields;
  const auto expected = wide.log_density(x), found = other.log_density(x);
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(std::abs(found[i] - expected[i]) <= Single::agreement * std::abs(expected[i]));
}

TEST_CASE("a file of format 1 is read by its compiler, and refused where its flow is another") {
  const TemporaryFolder folder;
  Single1 sampler{Seed{1}};
  TensorFile file;
  std::vector<float> values(Single1::parameter_count(), 0.25f);
  file.put<float>("parameters", values, {Single1::parameter_count()});
  file.metadata = {{"format", "lanes parameters 1"},
                   {"flow", detail::compiler_text<small::Flow>()}};
  save_safetensors(folder / "a", file);
  load_parameters(folder / "a", sampler);
  CHECK(small::parameters(sampler) == values);
  file.metadata["flow"] = "Affine";
  save_safetensors(folder / "a", file);
  CHECK(refusal(folder / "a", sampler).find("flow is Affine, expected Repeat<2,") !=
        std::string::npos);
}

TEST_CASE("a file from elsewhere, without metadata, is loaded") {
  const TemporaryFolder folder;
  Single1 sampler{Seed{1}};
  TensorFile file;
  std::vector<float> values(Single1::parameter_count(), 0.25f);
  file.put<float>("parameters", values, {Single1::parameter_count()});
  save_safetensors(folder / "a", file);
  load_parameters(folder / "a", sampler);
  CHECK(small::parameters(sampler) == values);

  values[7] = NAN;
  file.put<float>("parameters", values, {Single1::parameter_count()});
  save_safetensors(folder / "a", file);
  CHECK(refusal(folder / "a", sampler) ==
        "lanes: cannot load " + (folder / "a") +
            ": value 7 of tensor parameters is nan, expected a finite number");
}

TEST_CASE("parameters of another model are refused with what was found and expected") {
  const TemporaryFolder folder;
  const std::string path = folder / "a", start = "lanes: cannot load " + path + ": ";
  Single1 saved{Seed{1}};
  save_parameters(path, saved);

  Other<Lattice<4, 6>, small::Flow, Single> geometry{Seed{1}};
  CHECK(refusal(path, geometry) == start + "geometry is Lattice<4,4>, expected Lattice<4,6>");
  Other<Lattice<4, 4>, Repeat<2, Coupling<Checkerboard, Affine, Net<5>>>, Single> flow{Seed{1}};
  CHECK(refusal(path, flow) ==
        start +
            "flow is "
            "Repeat<2,Coupling<Checkerboard,Affine,ConvNet<Channels<4>,Kernel<3>,LeakyRelu>>>, "
            "expected "
            "Repeat<2,Coupling<Checkerboard,Affine,ConvNet<Channels<5>,Kernel<3>,LeakyRelu>>>");
  Single1 sampler{Seed{2}};
  TensorFile file = load_safetensors(path);
  file.put<float>("parameters", std::vector<float>(5), {5});
  save_safetensors(path, file);
  CHECK(refusal(path, sampler) == start + "the size of tensor parameters is 5, expected 228");
  file.put<int>("parameters", std::vector<int>(228), {228});
  save_safetensors(path, file);
  CHECK(refusal(path, sampler) ==
        start + "the type of tensor parameters is I32, expected F32 or F64");
  file.put<double>("parameters", std::vector<double>(228, 1e300), {228});
  save_safetensors(path, file);
  CHECK(refusal(path, sampler) ==
        start + "value 0 of tensor parameters is inf, expected a finite number");
  file.tensors.clear();
  save_safetensors(path, file);
  CHECK(refusal(path, sampler) == start + "there is no tensor parameters");
}

TEST_CASE("a damaged or missing file, and a folder that cannot be written") {
  const TemporaryFolder folder;
  Single1 sampler{Seed{1}};
  save_parameters(folder / "a", sampler);
  const std::string whole = read_bytes(folder / "a");
  for (std::size_t at = 0; at < whole.size(); at += 13) {
    write_bytes(folder / "b", whole.substr(0, at));
    CHECK_MESSAGE(!refusal(folder / "b", sampler).empty(), "cut at ", at);
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << at % 8));
    write_bytes(folder / "b", flipped);
    CHECK_MESSAGE(!refusal(folder / "b", sampler).empty(), "bit flipped at ", at);
  }
  CHECK(refusal(folder / "none", sampler)
            .starts_with("lanes: cannot read " + (folder / "none") + ": "));
  CHECK(message_of([&] {
          save_parameters(folder / "none/a", sampler);
        }).starts_with("lanes: cannot write " + (folder / "none/a") + ": "));
}
