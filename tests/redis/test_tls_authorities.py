"""Without --tls-ca, the authorities are those of the system, wherever it keeps them."""

import shutil
import unittest

from support.certificates import Authority, TlsServer
from support.once import SEM
from support.system_files import SystemFilesTest


class SystemAuthorities(SystemFilesTest):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.hashed = cls.authority.hashed_folder()
        cls.server = cls.enterClassContext(TlsServer(cls.authority, cls.authority.issue("server")))

    def run_tls(self):
        return self.run_in_etc("--redis", self.server.tls_url, *SEM, "echo", "ran")

    def assertBelieved(self):
        result = self.run_tls()
        self.assertEqual((result.code, result.out, result.err), (0, "ran\n", ""), result)

    def test_debian_keeps_a_hashed_folder_beside_a_bundle(self):
        shutil.copytree(self.hashed, self.etc / "ssl" / "certs", symlinks=True)
        self.write("ssl/certs/ca-certificates.crt", "nothing that could be read\n")  # the folder is enough
        self.assertBelieved()

    def test_a_container_has_the_bundle_alone_where_debian_has_both(self):
        self.write("ssl/certs/ca-certificates.crt", self.authority.certificate.read_text())
        self.assertBelieved()

    def test_alpine_and_suse_keep_a_bundle_in_etc_ssl(self):
        for name in ("cert.pem", "ca-bundle.pem"):
            with self.subTest(name=name):
                path = self.write(f"ssl/{name}", self.authority.certificate.read_text())
                self.assertBelieved()
                path.unlink()

    def test_fedora_keeps_a_bundle_in_etc_pki(self):
        self.write("pki/tls/certs/ca-bundle.crt", self.authority.certificate.read_text())
        self.assertBelieved()

    def test_a_bundle_beside_an_empty_folder_is_read(self):
        self.write("ssl/certs/README", "nothing here\n")
        self.write("ssl/cert.pem", self.authority.certificate.read_text())
        self.assertBelieved()

    def test_none_at_all_is_said(self):
        result = self.run_tls()
        self.assertEqual((result.code, result.out), (64, ""), result)
        self.assertEqual(len(result.err.splitlines()), 1, result)
        for part in ("certificate authorities", "--tls-ca", "ca-certificates"):
            self.assertIn(part, result.err)

    def test_the_configuration_of_openssl_changes_nothing(self):
        self.write("ssl/cert.pem", self.authority.certificate.read_text())
        self.write("ssl/openssl.cnf", "openssl_conf = here\n[here]\nproviders = all\n[all]\nodd = odd\n[odd]\nmodule = /nowhere/odd.so\nactivate = 1\n")
        self.assertBelieved()


if __name__ == "__main__":
    unittest.main()
