# SPDX-License-Identifier: BSD-3-Clause
message(FATAL_ERROR "the library included FindRandom123.cmake of its parent")
