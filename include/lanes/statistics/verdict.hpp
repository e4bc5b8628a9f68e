// SPDX-License-Identifier: BSD-3-Clause
//
// Verdict: whether an error bar can be believed, and if not, why: a set of doubts.
//
//   const Estimate e = analyse(Susceptibility{}, ensemble)[0];
//   if (!e.trusted()) std::puts(to_string(e.verdict).c_str());   // window cut, heavy tail
//
// A doubt is raised by what can be seen in the data; a mode that was never visited cannot be seen
// (mode_collapse.hpp). Where a doubt is raised the value may be right, but its error is not known.
//
// | doubt             | what was seen                                              | raised by    |
// |-------------------|------------------------------------------------------------|--------------|
// | no_value          | the value or its error is not finite                       | all          |
// | no_fluctuation    | all measurements are equal: there is no error              | all          |
// | window_cut        | correlations have not died out within half of a chain      | gamma_method |
// | short_chain       | fewer than 100 tau_int in all chains together              | gamma_method |
// | anticorrelation   | correlations sum to a negative variance                    | gamma_method |
// | replicas_disagree | their spread has a probability below 1e-4                  | gamma_method |
// | nonlinear         | within two errors the derived quantity is no straight line | gamma_method |
// | one_weight        | one draw carries a tenth of the sum, half of the squares'  | weights      |
// | few_weights       | too few draws for the spread of their weights              | weights      |
// | heavy_tail        | the largest weights fall too slowly for a variance         | weights      |
// | poor_fit          | chi^2 of a fit has a probability below 1e-4                | fit          |
#pragma once

#include <string>

#include <lanes/core/finite_math.hpp>

namespace lanes {

/// One reason why an error may be wrong: the table above.
enum class Doubt : unsigned {
  no_value,
  no_fluctuation,
  window_cut,
  short_chain,
  anticorrelation,
  replicas_disagree,
  nonlinear,
  one_weight,
  few_weights,
  heavy_tail,
  poor_fit,
};

class Verdict {
 public:
  constexpr bool trusted() const { return doubts_ == 0; }
  constexpr bool has(Doubt doubt) const { return (doubts_ & bit(doubt)) != 0; }

  constexpr void add(Doubt doubt, bool raised = true) { doubts_ |= raised ? bit(doubt) : 0u; }
  constexpr void add(Verdict other) { doubts_ |= other.doubts_; }

  friend constexpr bool operator==(Verdict, Verdict) = default;

 private:
  static constexpr unsigned bit(Doubt doubt) { return 1u << static_cast<unsigned>(doubt); }

  unsigned doubts_ = 0;
};

inline const char* to_string(Doubt doubt) {
  switch (doubt) {
    case Doubt::no_value:
      return "no value";
    case Doubt::no_fluctuation:
      return "no fluctuation";
    case Doubt::window_cut:
      return "window cut";
    case Doubt::short_chain:
      return "chain too short";
    case Doubt::anticorrelation:
      return "anticorrelation";
    case Doubt::replicas_disagree:
      return "chains disagree";
    case Doubt::nonlinear:
      return "not linear within its errors";
    case Doubt::one_weight:
      return "one draw carries the weight";
    case Doubt::few_weights:
      return "too few draws for their weights";
    case Doubt::heavy_tail:
      return "heavy tail of the weights";
    case Doubt::poor_fit:
      return "the model does not fit";
  }
  return "";
}

/// "trusted", or the doubts in words, separated by commas.
inline std::string to_string(Verdict verdict) {
  std::string text;
  for (unsigned i = 0; i <= static_cast<unsigned>(Doubt::poor_fit); ++i)
    if (verdict.has(Doubt{i}))
      text += (text.empty() ? "" : ", ") + std::string(to_string(Doubt{i}));
  return text.empty() ? "trusted" : text;
}

}  // namespace lanes
