# SPDX-License-Identifier: BSD-3-Clause
message(FATAL_ERROR "the library included Development.cmake of its parent")
