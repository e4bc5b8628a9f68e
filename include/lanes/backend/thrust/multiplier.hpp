// SPDX-License-Identifier: BSD-3-Clause
//
// Multiplier: products of a matrix with rows of lanes, by cuBLAS on a GPU and by plain kernels
// elsewhere. Matrices are row-major, rows are [row][lanes]:
//
//   times            y [m][lanes] = w [m][k] x [k][lanes]
//   transposed       x [k][lanes] = w [m][k]^T y [m][lanes]
//   outer            w [m][k] += y [m][lanes] x [k][lanes]^T
//
// Products of bfloat16 are summed in float. Errors: std::runtime_error with cuBLAS's status.
#pragma once

#include <type_traits>

#include <lanes/backend/thrust/device.hpp>
#include <lanes/core/bfloat16.hpp>

#if THRUST_DEVICE_SYSTEM == THRUST_DEVICE_SYSTEM_CUDA
#include <cublas_v2.h>
#endif

namespace lanes::device {

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
  void times(int m, int k, int lanes, const Operand* w, const Operand* x, Real* y) {
    multiply(CUBLAS_OP_N, CUBLAS_OP_N, lanes, m, k, x, lanes, w, k, Real(0), y, lanes);
  }
  template <class Operand, class Real>
  void transposed(int m, int k, int lanes, const Operand* w, const Operand* y, Real* x) {
    multiply(CUBLAS_OP_N, CUBLAS_OP_T, lanes, k, m, y, lanes, w, k, Real(0), x, lanes);
  }
  template <class Operand, class Real>
  void outer(int m, int k, int lanes, const Operand* y, const Operand* x, Real* w) {
    multiply(CUBLAS_OP_T, CUBLAS_OP_N, k, m, lanes, x, lanes, y, lanes, Real(1), w, k);
  }

 private:
  template <class T>
  static constexpr cudaDataType_t type = std::is_same_v<T, double>  ? CUDA_R_64F
                                         : std::is_same_v<T, float> ? CUDA_R_32F
                                                                    : CUDA_R_16BF;

  template <class Operand, class Real>
  void multiply(cublasOperation_t op_a, cublasOperation_t op_b, int m, int n, int k,
                const Operand* a, int lda, const Operand* b, int ldb, Real beta, Real* c, int ldc) {
    if (!handle_) check_status(cublasCreate(&handle_));
    check_status(cublasSetStream(handle_, stream()));
    const Real alpha = 1;
    check_status(cublasGemmEx(
        handle_, op_a, op_b, m, n, k, &alpha, a, type<Operand>, lda, b, type<Operand>, ldb, &beta,
        c, type<Real>, ldc, std::is_same_v<Real, double> ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F,
        CUBLAS_GEMM_DEFAULT));
  }
  static void check_status(cublasStatus_t status) {
    if (status != CUBLAS_STATUS_SUCCESS)
      throw std::runtime_error(std::string("lanes: Thrust: cuBLAS: ") +
                               cublasGetStatusString(status));
  }

  cublasHandle_t handle_ = nullptr;
};

#else

class Multiplier {
 public:
  template <class Operand, class Real>
  void times(int m, int k, int lanes, const Operand* w, const Operand* x, Real* y) {
    launch(long(m) * lanes, Product<Operand, Real>{k, lanes, k, 1, w, x, y});
  }
  template <class Operand, class Real>
  void transposed(int m, int k, int lanes, const Operand* w, const Operand* y, Real* x) {
    launch(long(k) * lanes, Product<Operand, Real>{m, lanes, 1, k, w, y, x});
  }
  template <class Operand, class Real>
  void outer(int m, int k, int lanes, const Operand* y, const Operand* x, Real* w) {
    launch(long(m) * k, Outer<Operand, Real>{k, lanes, y, x, w});
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
    void operator()(unsigned call) const {
      const Operand* a = y + long(call) / k * lanes;
      const Operand* b = x + long(call) % k * lanes;
      Real sum = 0;
      for (int l = 0; l < lanes; ++l) sum += Real(a[l]) * Real(b[l]);
      w[call] += sum;
    }
  };
};

#endif

}  // namespace lanes::device
