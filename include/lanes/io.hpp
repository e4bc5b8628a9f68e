// SPDX-License-Identifier: BSD-3-Clause
//
// Everything of io/: parameters, checkpoints, ensembles, histories, NPY and safetensors. Not in
// lanes.hpp, which would take twice as long to parse.
#pragma once

#include <lanes/io/atomic_file.hpp>
#include <lanes/io/checkpoint.hpp>
#include <lanes/io/ensemble.hpp>
#include <lanes/io/file_reader.hpp>
#include <lanes/io/history.hpp>
#include <lanes/io/json_log.hpp>
#include <lanes/io/npy.hpp>
#include <lanes/io/npy_file.hpp>
#include <lanes/io/npy_header.hpp>
#include <lanes/io/parameters.hpp>
#include <lanes/io/run_signature.hpp>
#include <lanes/io/safetensors.hpp>
#include <lanes/io/safetensors_header.hpp>
#include <lanes/io/shape.hpp>
#include <lanes/io/tensor_file.hpp>
#include <lanes/io/type_text.hpp>
