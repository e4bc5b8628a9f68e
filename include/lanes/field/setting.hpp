// SPDX-License-Identifier: BSD-3-Clause
//
// Setting: where a layer or a model runs and on what: a context, a field, a geometry.
#pragma once

#include <lanes/core/finite_math.hpp>

namespace lanes {

template <class ContextType, class FieldType, class GeometryType>
struct Setting {
  using Context = ContextType;
  using Real = typename Context::Real;
  using Field = FieldType;
  using Geometry = GeometryType;
  template <class Other>
  using On = Setting<Context, Field, Other>;
};

/// A policy that brings a model of its own, as autoregressive ones do; a flow becomes a FlowModel.
template <class P, class S>
concept BringsModel = requires {
  typename P::template Model<S>;
};

}  // namespace lanes
