// SPDX-License-Identifier: BSD-3-Clause
//
// type_text<T>(): the name of a policy in files, the same from every compiler. A template's is put
// together from its own name and its arguments, default ones too, so that it does not depend on
// which of them a compiler shows:
//
//   // Coupling<Checkerboard,RationalQuadratic<8,5>,..>
//   type_text<Coupling<Checkerboard, RationalQuadratic<8>, Net>>()
//
// without blanks, lanes:: and the unnamed namespaces and functions that a type is declared in.
// Arguments are types, ints, or one of the kinds listed below. A template of another kind, and a
// class within a template, have the compiler's name: files of one compiler may then be refused by
// another, unless the policy says what it is called:
//
//   template <> inline constexpr const char* lanes::policy_name<Mine<true>> = "Mine<true>";
#pragma once

#include <string>
#include <string_view>

#include <lanes/core/finite_math.hpp>

namespace lanes {

template <class T>
inline constexpr const char* policy_name = nullptr;

namespace detail {

/// The compiler's name of a type, without blanks and without "lanes::".
template <class T>
std::string compiler_text() {
  std::string_view text = __PRETTY_FUNCTION__;  // ... [with T = NAME; ...]  or  ... [T = NAME]
  text.remove_prefix(text.find("T = ") + 4);
  int depth = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (depth == 0 && (c == ';' || c == ']')) break;
    if (c == '<' || c == '(' || c == '[' || c == '{') ++depth;
    if (c == '>' || c == ')' || c == ']' || c == '}') --depth;
  }
  std::string name;
  for (const char c : text.substr(0, end))
    if (c != ' ') name += c;
  const std::string space = "lanes::";
  for (std::size_t at = 0; (at = name.find(space, at)) != std::string::npos;) {
    const bool whole =
        at == 0 || std::string_view("<,(:&*").find(name[at - 1]) != std::string_view::npos;
    if (whole)
      name.erase(at, space.size());
    else
      at += space.size();
  }
  return name;
}

/// The name of a class, or of a template without its arguments; without functions and unnamed
/// namespaces around it, which compilers write as they like.
template <class T>
std::string own_text() {
  std::string name = compiler_text<T>();
  if (name.ends_with('>')) {
    std::size_t at = name.size();
    for (int depth = 0; at-- > 0;) {
      depth += name[at] == '>' ? 1 : name[at] == '<' ? -1 : 0;
      if (depth == 0) break;
    }
    name.resize(at);
  }
  for (const char* scope : {")::", "}::", "]::"})
    if (const auto at = name.rfind(scope); at != std::string::npos) name.erase(0, at + 3);
  return name;
}

template <class T>
struct TypeText {
  static std::string of() {
    const std::string name = compiler_text<T>();
    return name.ends_with('>') ? name : own_text<T>();
  }
};

template <class T>
std::string type_text() {
  if constexpr (policy_name<T> != nullptr)
    return policy_name<T>;
  else
    return TypeText<T>::of();
}

inline std::string list_text() { return ""; }
template <class... Rest>
std::string list_text(const std::string& first, const Rest&... rest) {
  return (first + ... + ("," + rest));
}
template <class Whole, class... Text>
std::string template_text(const Text&... arguments) {
  return own_text<Whole>() + "<" + list_text(arguments...) + ">";
}

template <template <class...> class X, class... A>
struct TypeText<X<A...>> {
  static std::string of() { return template_text<X<A...>>(type_text<A>()...); }
};
template <template <int...> class X, int... N>
struct TypeText<X<N...>> {
  static std::string of() { return template_text<X<N...>>(std::to_string(N)...); }
};
template <template <int, class, class...> class X, int N, class A, class... B>
struct TypeText<X<N, A, B...>> {
  static std::string of() {
    return template_text<X<N, A, B...>>(std::to_string(N), type_text<A>(), type_text<B>()...);
  }
};
template <template <class, int, int...> class X, class A, int N, int... M>
struct TypeText<X<A, N, M...>> {
  static std::string of() {
    return template_text<X<A, N, M...>>(type_text<A>(), std::to_string(N), std::to_string(M)...);
  }
};
template <template <int, class, class, template <int, class> class> class X, int N, class A,
          class B, template <int, class> class Y>
struct TypeText<X<N, A, B, Y>> {  // Multiscale; the last argument is known by what it makes of A
  static std::string of() {
    return template_text<X<N, A, B, Y>>(std::to_string(N), type_text<A>(), type_text<B>(),
                                        own_text<Y<2, A>>());
  }
};

}  // namespace detail

}  // namespace lanes
