# SPDX-License-Identifier: BSD-3-Clause
set(PARENT_THRUST TRUE)  # the parent's own file, of a name that the library might use too
