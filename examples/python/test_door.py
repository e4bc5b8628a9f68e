# SPDX-License-Identifier: BSD-3-Clause
"""Tests of door.py: files of safetensors that are whole and damaged, the jackknife."""
import tempfile
import unittest
from pathlib import Path

from door import jackknife, load_file, load_metadata, np, save_file


class Safetensors(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = Path(self.folder.name) / "a.safetensors"

    def write(self, header, data=b""):
        self.path.write_bytes(len(header).to_bytes(8, "little") + header + data)

    def test_what_is_written_is_read(self):
        tensors = {"w": np.arange(6.0).reshape(2, 3), "one": np.array(7),
                   "none": np.zeros((0, 4), "f4")}
        save_file(tensors, self.path)
        read = load_file(self.path)
        self.assertEqual(list(read), list(tensors))
        for name, array in tensors.items():
            self.assertEqual(read[name].dtype, array.dtype)
            np.testing.assert_array_equal(read[name], array)
            self.assertEqual(read[name].shape, array.shape)
        self.assertEqual(load_metadata(self.path), {})
        self.assertEqual([path.name for path in self.path.parent.iterdir()], ["a.safetensors"])

    def test_bytes_of_the_format(self):
        self.write(b'{"__metadata__":{"format":"x"},'
                   b'"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
                   bytes.fromhex("0000803f000000c0"))
        np.testing.assert_array_equal(load_file(self.path)["a"], [1, -2])
        self.assertEqual(load_metadata(self.path), {"format": "x"})

    def test_damage_is_refused(self):
        entry = b'{"a":{"dtype":"%s","shape":[2],"data_offsets":[%d,%d]}}'
        for header, data, reason in (
                (entry % (b"F64", 0, 16), bytes(15), "bytes 0 to 16 of 15 "),
                (entry % (b"F64", 0, 8), bytes(16), "its shape: 16"),
                (entry % (b"F64", -8, 8), bytes(16), "bytes -8 to 8"),
                (entry % (b"BF16", 0, 4), bytes(4), "type BF16"),
                (b'{"a":', b"", "Expecting value")):
            self.write(header, data)
            with self.assertRaisesRegex(ValueError, reason):
                load_file(self.path)
        self.path.write_bytes((100).to_bytes(8, "little") + b"{}")
        with self.assertRaisesRegex(ValueError, "10 bytes and ends in its header"):
            load_file(self.path)
        with self.assertRaisesRegex(ValueError, "type complex128"):
            save_file({"c": np.zeros(1, complex)}, self.path)


class Jackknife(unittest.TestCase):
    def test_error_of_a_mean_is_the_standard_error(self):
        x = np.random.default_rng(1).standard_normal((1, 100, 1))
        value, error = jackknife(x, lambda means: means, 1)
        np.testing.assert_allclose(value, x.mean(), rtol=1e-12)
        np.testing.assert_allclose(error, x.std(ddof=1) / 10, rtol=1e-12)

    def test_bins_see_autocorrelation(self):
        x = np.repeat(np.random.default_rng(1).standard_normal((2, 50, 1)), 4, axis=1)
        error = jackknife(x, lambda means: means, 4)[1]
        np.testing.assert_allclose(error, x.std() / np.sqrt(99), rtol=1e-12)

    def test_bins_that_do_not_fit(self):
        for length in (3, 4):
            with self.assertRaisesRegex(ValueError, f"bin_length is {length}"):
                jackknife(np.zeros((1, 4, 1)), lambda means: means, length)


if __name__ == "__main__":
    unittest.main()
