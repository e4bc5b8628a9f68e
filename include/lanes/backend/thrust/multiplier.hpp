// SPDX-License-Identifier: BSD-3-Clause
//
// Multiplier: products of a matrix with rows of lanes, by cuBLAS on a GPU and by plain kernels
// elsewhere. Matrices are row-major, rows are [row][lanes]:
//
//   times            y [m][lanes] = w [m][k] x [k][lanes]
//   transposed       x [k][lanes] = w [m][k]^T y [m][lanes]
//   outer            w [m][k] += y [m][lanes] x [k][lanes]^T
//
// (rows of w lie `step` numbers apart, if it is a part of a wider matrix) and, for many matrices at
// once, given by tables of pointers on the device:
//
//   times_each       y_b += w_b x_b
//   transposed_each  x_b += w_b^T y_b
//   outer_each       w_b += y_b x_b^T
//
// where the rows of x_b and y_b are x_step and y_step rows apart, and no two results overlap.
// Products of bfloat16 are summed in float. Errors: std::runtime_error with cuBLAS's status.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <type_traits>

#include <lanes/backend/thrust/device.hpp>
#include <lanes/core/bfloat16.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <cublas_v2.h>
#endif

namespace lanes::device {

template <class Real, class Operand>
struct Convert {
  const Real* from;
  Operand* to;
  LANES_HD void operator()(unsigned i) const { to[i] = Operand(from[i]); }
};

/// The numbers as operands of a product: themselves, or a rounded copy in the context's scratch.
template <class Operand, class Context, class Real>
const Operand* operands(Context& context, const Real* from, long n) {
  if constexpr (std::is_same_v<Operand, Real>) {
    return from;
  } else {
    Operand* to = context.template take<Operand>(static_cast<std::size_t>(n));
    launch(n, Convert<Real, Operand>{from, to});
    return to;
  }
}

/// Pointers to matrices and to their factors, [count] on the device.
template <class W, class X, class Y>
struct Products {
  W* const* w;
  X* const* x;
  int x_step;
  Y* const* y;
  int y_step;
  int count;
};

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA

class Multiplier {
 public:
  Multiplier() = default;
  Multiplier(const Multiplier&) = delete;
  ~Multiplier() {
    if (handle_) cublasDestroy(handle_);
  }

  // cuBLAS is column-major: rows [r][lanes] are its lanes x r, a matrix [m][k] its k x m.
  template <class Operand, class Real>
  void times(int m, int k, int lanes, const Operand* w, const Operand* x, Real* y, int step = 0) {
    multiply(CUBLAS_OP_N, CUBLAS_OP_N, lanes, m, k, x, lanes, w, step ? step : k, Real(0), y,
             lanes);
  }
  template <class Operand, class Real>
  void transposed(int m, int k, int lanes, const Operand* w, const Operand* y, Real* x,
                  int step = 0) {
    multiply(CUBLAS_OP_N, CUBLAS_OP_T, lanes, k, m, y, lanes, w, step ? step : k, Real(0), x,
             lanes);
  }
  template <class Operand, class Real>
  void outer(int m, int k, int lanes, const Operand* y, const Operand* x, Real* w, int step = 0) {
    multiply(CUBLAS_OP_T, CUBLAS_OP_N, k, m, lanes, x, lanes, y, lanes, Real(1), w,
             step ? step : k);
  }

  template <class Operand, class Real>
  void times_each(int m, int k, int lanes, Products<const Operand, const Operand, Real> b) {
    multiply_each(CUBLAS_OP_N, CUBLAS_OP_N, lanes, m, k, b.x, b.x_step * lanes, b.w, k, b.y,
                  b.y_step * lanes, b.count);
  }
  template <class Operand, class Real>
  void transposed_each(int m, int k, int lanes, Products<const Operand, Real, const Operand> b) {
    multiply_each(CUBLAS_OP_N, CUBLAS_OP_T, lanes, k, m, b.y, b.y_step * lanes, b.w, k, b.x,
                  b.x_step * lanes, b.count);
  }
  template <class Operand, class Real>
  void outer_each(int m, int k, int lanes, Products<Real, const Operand, const Operand> b) {
    multiply_each(CUBLAS_OP_T, CUBLAS_OP_N, k, m, lanes, b.x, b.x_step * lanes, b.y,
                  b.y_step * lanes, b.w, k, b.count);
  }

 private:
  template <class T>
  static constexpr cudaDataType_t type = std::is_same_v<T, double>  ? CUDA_R_64F
                                         : std::is_same_v<T, float> ? CUDA_R_32F
                                                                    : CUDA_R_16BF;
  template <class Real>
  static constexpr cublasComputeType_t compute_type =
      std::is_same_v<Real, double> ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F;

  template <class Operand, class Real>
  void multiply(cublasOperation_t op_a, cublasOperation_t op_b, int m, int n, int k,
                const Operand* a, int lda, const Operand* b, int ldb, Real beta, Real* c, int ldc) {
    prepare();
    const Real alpha = 1;
    check_status(cublasGemmEx(handle_, op_a, op_b, m, n, k, &alpha, a, type<Operand>, lda, b,
                              type<Operand>, ldb, &beta, c, type<Real>, ldc, compute_type<Real>,
                              CUBLAS_GEMM_DEFAULT));
  }
  template <class Operand, class Real>
  void multiply_each(cublasOperation_t op_a, cublasOperation_t op_b, int m, int n, int k,
                     const Operand* const* a, int lda, const Operand* const* b, int ldb,
                     Real* const* c, int ldc, int count) {
    prepare();
    const Real one = 1;
    check_status(cublasGemmBatchedEx(handle_, op_a, op_b, m, n, k, &one,
                                     reinterpret_cast<const void* const*>(a), type<Operand>, lda,
                                     reinterpret_cast<const void* const*>(b), type<Operand>, ldb,
                                     &one, reinterpret_cast<void* const*>(c), type<Real>, ldc,
                                     count, compute_type<Real>, CUBLAS_GEMM_DEFAULT));
  }
  // Workspace of our own: with cuBLAS's, a recording of products would allocate each time it runs.
  // To set the stream sets the workspace back, so this is done once.
  void prepare() {
    if (handle_) return;
    workspace_.reset(std::size_t(32) << 20);  // what cuBLAS advises for Hopper
    cublasHandle_t handle;
    check_status(cublasCreate(&handle));
    handle_ = handle;
    check_status(cublasSetStream(handle_, stream()));
    check_status(cublasSetWorkspace(handle_, workspace_.data(), workspace_.size()));
  }
  static void check_status(cublasStatus_t status) {
    if (status != CUBLAS_STATUS_SUCCESS)
      throw std::runtime_error(std::string("lanes: Thrust: cuBLAS: ") +
                               cublasGetStatusString(status));
  }

  cublasHandle_t handle_ = nullptr;
  Vector<std::byte> workspace_;
};

#else

class Multiplier {
 public:
  template <class Operand, class Real>
  void times(int m, int k, int lanes, const Operand* w, const Operand* x, Real* y, int step = 0) {
    launch(long(m) * lanes, Product<Operand, Real>{k, lanes, step ? step : k, 1, w, x, y});
  }
  template <class Operand, class Real>
  void transposed(int m, int k, int lanes, const Operand* w, const Operand* y, Real* x,
                  int step = 0) {
    launch(long(k) * lanes, Product<Operand, Real>{m, lanes, 1, step ? step : k, w, y, x});
  }
  template <class Operand, class Real>
  void outer(int m, int k, int lanes, const Operand* y, const Operand* x, Real* w, int step = 0) {
    launch(long(m) * k, Outer<Operand, Real>{k, lanes, y, x, w, step ? step : k});
  }

  template <class Operand, class Real>
  void times_each(int m, int k, int lanes, Products<const Operand, const Operand, Real> b) {
    launch(long(b.count) * m * lanes,
           ProductOfEach<Operand, Real>{m, k, lanes, k, 1, b.w, b.x, b.x_step, b.y, b.y_step});
  }
  template <class Operand, class Real>
  void transposed_each(int m, int k, int lanes, Products<const Operand, Real, const Operand> b) {
    launch(long(b.count) * k * lanes,
           ProductOfEach<Operand, Real>{k, m, lanes, 1, k, b.w, b.y, b.y_step, b.x, b.x_step});
  }
  template <class Operand, class Real>
  void outer_each(int m, int k, int lanes, Products<Real, const Operand, const Operand> b) {
    launch(long(b.count) * m * k, OuterOfEach<Operand, Real>{m, k, lanes, b});
  }

 private:
  // y [row][lanes] = sum over k of w[row row_step + k k_step] x [k][lanes]
  template <class Operand, class Real>
  struct Product {
    int contracted, lanes, row_step, k_step;
    const Operand *w, *x;
    Real* y;
    void operator()(unsigned call) const {
      const long row = long(call) / lanes, lane = long(call) % lanes;
      Real sum = 0;
      for (long k = 0; k < contracted; ++k)
        sum += Real(w[row * row_step + k * k_step]) * Real(x[k * lanes + lane]);
      y[call] = sum;
    }
  };
  template <class Operand, class Real>
  struct Outer {
    int k, lanes;
    const Operand *y, *x;
    Real* w;
    int step;
    void operator()(unsigned call) const {
      const Operand* a = y + long(call) / k * lanes;
      const Operand* b = x + long(call) % k * lanes;
      Real sum = 0;
      for (int l = 0; l < lanes; ++l) sum += Real(a[l]) * Real(b[l]);
      w[long(call) / k * step + long(call) % k] += sum;
    }
  };
  // to_b [row][lanes] += sum over k of w_b[row row_step + k k_step] from_b [k][lanes]
  template <class Operand, class Real>
  struct ProductOfEach {
    int rows, contracted, lanes, row_step, k_step;
    const Operand* const* w;
    const Operand* const* from;
    int from_step;
    Real* const* to;
    int to_step;
    void operator()(unsigned call) const {
      const long lane = long(call) % lanes, row = long(call) / lanes % rows,
                 b = long(call) / lanes / rows;
      Real sum = 0;
      for (long k = 0; k < contracted; ++k)
        sum +=
            Real(w[b][row * row_step + k * k_step]) * Real(from[b][k * from_step * lanes + lane]);
      to[b][row * to_step * lanes + lane] += sum;
    }
  };
  template <class Operand, class Real>
  struct OuterOfEach {
    int m, k, lanes;
    Products<Real, const Operand, const Operand> batch;
    void operator()(unsigned call) const {
      const long entry = long(call) % (m * k), b = long(call) / (m * k);
      const Operand* y = batch.y[b] + entry / k * batch.y_step * lanes;
      const Operand* x = batch.x[b] + entry % k * batch.x_step * lanes;
      Real sum = 0;
      for (int l = 0; l < lanes; ++l) sum += Real(y[l]) * Real(x[l]);
      batch.w[b][entry] += sum;
    }
  };
};

#endif

}  // namespace lanes::device
