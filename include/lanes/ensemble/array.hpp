// SPDX-License-Identifier: BSD-3-Clause
//
// as_array(ensemble): its configurations as an xtensor array [chain][n][L_0][L_1]..[component],
// without a copy (field/array.hpp); as_array(ensemble, c): those of chain c, [n][L_0]..
//
//   const auto phi = lanes::as_array(ensemble);
//   xt::xarray<double> m = xt::mean(phi, {2, 3});      // of 8 x 8 sites: [chain][n]
//
// Independent draws (a ReweightedEnsemble without chains) are one chain. Views are const, since
// actions and weights belong to the configurations. A view ends with its ensemble: a temporary one
// does not compile.
// Errors: std::invalid_argument for chains of unlike lengths (take as_array(ensemble, c)) or a
// chain out of range.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include <lanes/core/error.hpp>
#include <lanes/ensemble/ensemble.hpp>
#include <lanes/ensemble/reweighted_ensemble.hpp>
#include <lanes/field/array.hpp>

namespace lanes {

namespace detail {

/// Lengths of its chains, [chains].
template <class E>
std::vector<std::size_t> chain_lengths(const E& ensemble) {
  if constexpr (WeightedEnsemble<E>)
    return ensemble.lengths.empty() ? std::vector<std::size_t>{ensemble.size()} : ensemble.lengths;
  else
    return ensemble.lengths();
}

template <class E>
concept HasConfigurations = requires(const E& ensemble) {
  typename E::Field;
  typename E::Geometry;
  ensemble.configurations.data();
  ensemble.size();
};

}  // namespace detail

template <detail::HasConfigurations E>
auto as_array(const E& ensemble) {
  const std::vector<std::size_t> lengths = detail::chain_lengths(ensemble);
  const std::size_t n = lengths.empty() ? 0 : lengths.front();
  for (std::size_t c = 0; c < lengths.size(); ++c)
    require(lengths[c] == n, ("as_array: length of chain " + std::to_string(c)).c_str(), lengths[c],
            (std::to_string(n) + ", that of chain 0; else take as_array(ensemble, chain)").c_str());
  return detail::strided_array<typename E::Field, typename E::Geometry>(
      ensemble.configurations.data(), std::array<std::size_t, 2>{lengths.size(), n},
      std::array<std::ptrdiff_t, 2>{std::ptrdiff_t(n * E::rows), std::ptrdiff_t(E::rows)});
}

template <detail::HasConfigurations E>
auto as_array(const E& ensemble, std::size_t chain) {
  const std::vector<std::size_t> lengths = detail::chain_lengths(ensemble);
  require(chain < lengths.size(), "as_array: chain", chain,
          ("0 to " + std::to_string(lengths.size() - 1)).c_str());
  std::size_t first = 0;
  for (std::size_t c = 0; c < chain; ++c) first += lengths[c];
  return detail::strided_array<typename E::Field, typename E::Geometry>(
      ensemble.configurations.data() + first * E::rows, std::array<std::size_t, 1>{lengths[chain]},
      std::array<std::ptrdiff_t, 1>{std::ptrdiff_t(E::rows)});
}

template <detail::HasConfigurations E>
void as_array(const E&& ensemble) = delete;
template <detail::HasConfigurations E>
void as_array(const E&& ensemble, std::size_t chain) = delete;

}  // namespace lanes
