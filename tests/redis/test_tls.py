"""TLS: who is believed, and who is refused with a clear line, at once."""

import os
import unittest

from support.certificates import Authority, TlsServer, openssl
from support.fake_server import FakeServer
from support.once import SEM, OnceTest
from support.tool import BINARY, Running, environment, limiters

NOT_GOOD = "certificate is not good|certificate that is not good"


class TlsTest(OnceTest):
    """.authority signed the certificate of .server; `hosts` is what stands in it."""

    hosts, days = None, 30

    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        more = {"hosts": cls.hosts} if cls.hosts else {}
        cls.server = cls.enterClassContext(TlsServer(cls.authority, cls.authority.issue("server", days=cls.days, **more)))

    def run_tls(self, *options, host="127.0.0.1", ca=None, **more):
        return self.run_once("--tls-ca", ca or self.authority.certificate, *options,
                             redis=self.server.tls_url_as(host), **more)

    def assertDistrusted(self, result, *parts):
        self.assertRefused(result, 69, *parts)
        self.assertRegex(result.err, NOT_GOOD)
        self.assertLess(result.seconds, 10)  # at once: the tests that end here give it a minute


class Verified(TlsTest):
    def test_by_a_file(self):
        self.assertRan(self.run_tls())

    def test_by_a_hashed_folder(self):
        self.assertRan(self.run_tls(ca=self.authority.hashed_folder()))

    def test_by_the_name_localhost(self):
        self.assertRan(self.run_tls(host="localhost"))

    def test_by_an_ipv6_address(self):
        with TlsServer(self.authority, self.authority.issue("six"), config={"bind": "127.0.0.1 -::1"}) as server:
            try:
                server.client(over=f"redis://[::1]:{server.port}").close()
            except OSError as e:
                self.skipTest(f"no IPv6 on this machine: {e}")
            self.assertRan(self.run_once("--tls-ca", self.authority.certificate, redis=server.tls_url_as("[::1]")))

    def test_valkeys_is_another_word_for_rediss(self):
        url = self.server.tls_url.replace("rediss", "valkeys")
        self.assertRan(self.run_once("--tls-ca", self.authority.certificate, redis=url))

    def test_the_database_and_the_variable_work_over_tls(self):
        self.assertRan(self.run_once(redis=self.server.tls_url + "/3", env={"LIMITERS_TLS_CA": str(self.authority.certificate)}))
        with self.server.client() as client:
            client.call("SELECT", 3)
            self.assertEqual(client.call("EXISTS", "limiters:2:sem:{t}"), 1)

    def test_several_hosts_work_over_tls(self):
        with TlsServer(self.authority, self.authority.issue("second")) as dead:
            url = f"{dead.tls_url},{self.server.tls_url.removeprefix('rediss://')}"
            dead.kill()
            self.assertRan(self.run_once("--tls-ca", self.authority.certificate, redis=url))


class Distrusted(TlsTest):
    def test_an_authority_that_did_not_sign_it(self):
        with Authority() as other:
            for ca in (other.certificate, other.hashed_folder()):
                result = self.run_tls("--redis-timeout", "1m", ca=ca)
                self.assertDistrusted(result, self.server.tls_url, "--tls-ca")

    def test_the_authorities_of_the_system(self):
        result = self.run_once("--redis-timeout", "1m", redis=self.server.tls_url)
        if "no certificate authorities" in result.err:
            self.skipTest("this system has no authorities")
        self.assertDistrusted(result, "--tls-ca")

    def test_even_for_those_who_run_without_a_limit_when_there_is_no_redis(self):
        result = self.run_once("--redis-timeout", "1m", redis=self.server.tls_url, env={"LIMITERS_ON_UNAVAILABLE": "run"})
        self.assertDistrusted(result)

    def test_insecure_believes_it_and_warns(self):
        with Authority() as other:
            result = self.run_tls("--tls-insecure", ca=other.certificate)
        self.assertRan(result, "warning", "--tls-insecure", "not verified")

    def test_insecure_on_a_plain_url_is_nothing_to_warn_of(self):
        self.assertRan(self.run_once("--tls-insecure", redis=self.server.url))

    def test_quiet_hides_the_warning(self):
        self.assertRan(self.run_tls("--tls-insecure", "-q"))


class Expired(TlsTest):
    days = -1

    def test_an_expired_certificate_is_refused(self):
        self.assertDistrusted(self.run_tls("--redis-timeout", "1m"), self.server.tls_url, "expired")


class OneExpired(TlsTest):
    """Several hosts, of which the first shows a certificate that has expired."""

    days = -1

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.good = cls.enterClassContext(TlsServer(cls.authority, cls.authority.issue("good")))
        cls.url = f"{cls.server.tls_url},{cls.good.tls_url.removeprefix('rediss://')}"

    def run_at(self, url, *words):
        return limiters("--tls-ca", self.authority.certificate, *words, redis=url, env={"LIMITERS_ON_UNAVAILABLE": "run"})

    def test_the_next_one_is_used(self):
        self.assertRan(self.run_once("--tls-ca", self.authority.certificate, redis=self.url))
        self.assertEqual(self.good.call("EXISTS", "limiters:2:sem:{t}"), 1)

    def test_doctor_says_the_same_and_names_the_one(self):
        doctor = self.run_at(self.url, "doctor")
        self.assertEqual(doctor.code, 0, doctor)
        self.assertIn(f"note     {self.server.tls_url.removeprefix('rediss://')}: ", doctor.out)

    def test_if_none_serves_the_one_is_named(self):
        with TlsServer(self.authority, self.authority.issue("dead")) as dead:
            url = f"{dead.tls_url},{self.server.tls_url.removeprefix('rediss://')}"
            dead.kill()
            result = self.run_at(url, "--redis-timeout", "1m", *SEM, "echo", "ran")
            self.assertRefused(result, 69, f"{url}: {self.server.tls_url.removeprefix('rediss://')} shows", "expired")
            self.assertLess(result.seconds, 20)
            self.assertEqual(self.run_at(url, "doctor").code, 69)

    def test_a_deadline_that_comes_before_the_others_were_tried_makes_no_outage_of_it(self):
        with FakeServer() as silent:
            url = f"{self.server.tls_url},{silent.url.removeprefix('redis://')}"
            result = self.run_at(url, "--redis-timeout", "600ms", *SEM, "echo", "ran")
        self.assertRefused(result, 69, "expired")


class AnotherName(TlsTest):
    hosts = "DNS:redis.example"

    def test_a_certificate_for_another_host_is_refused(self):
        self.assertDistrusted(self.run_tls("--redis-timeout", "1m", host="localhost"), "hostname mismatch", "--tls-server-name")

    def test_a_certificate_without_the_address_is_refused(self):
        self.assertDistrusted(self.run_tls("--redis-timeout", "1m"), "IP address mismatch", "--tls-server-name")

    def test_the_name_to_look_for_can_be_given(self):
        self.assertRan(self.run_tls("--tls-server-name", "redis.example"))

    def test_a_given_name_that_is_not_in_it_is_refused(self):
        self.assertDistrusted(self.run_tls("--redis-timeout", "1m", "--tls-server-name", "other.example"), "hostname mismatch")


class Files(TlsTest):
    def test_an_authority_that_is_not_there_is_named(self):
        self.assertRefused(self.run_tls(ca="/nowhere/ca.crt"), 64, "--tls-ca '/nowhere/ca.crt': No such file or directory")

    def test_an_authority_that_is_none_is_named(self):
        self.assertRefused(self.run_tls(ca="/etc/passwd"), 64, "--tls-ca", "/etc/passwd")

    def test_a_certificate_or_a_key_that_is_not_there_is_named(self):
        pair = self.authority.issue("client")
        for pick in ({"--tls-cert": "/nowhere/x", "--tls-key": pair.key}, {"--tls-cert": pair.certificate, "--tls-key": "/nowhere/x"}):
            words = [word for option in pick.items() for word in option]
            missing = next(option for option, path in pick.items() if path == "/nowhere/x")
            self.assertRefused(self.run_tls(*words), 64, f"{missing} '/nowhere/x': No such file or directory")

    def test_a_certificate_without_its_key_is_a_usage_error(self):
        pair = self.authority.issue("client")
        for option, path in (("--tls-cert", pair.certificate), ("--tls-key", pair.key)):
            self.assertRefused(self.run_tls(option, path), 64, "--tls-cert", "--tls-key")

    def test_a_key_of_another_certificate_is_a_usage_error(self):
        one, two = self.authority.issue("one"), self.authority.issue("two")
        self.assertRefused(self.run_tls("--tls-cert", one.certificate, "--tls-key", two.key), 64, "--tls-key")

    @unittest.skipIf("ASAN_OPTIONS" in os.environ, "a sanitizer needs descriptors too")
    def test_one_that_cannot_be_opened_for_want_of_a_descriptor_is_71(self):
        pair = self.authority.issue("client")
        words = [BINARY, "--redis", self.server.tls_url, "--tls-ca", self.authority.certificate, "--tls-cert", pair.certificate,
                 "--tls-key", pair.key, "reset", "sem", "t", "--yes"]
        said = ""
        for limit in range(4, 20):
            with Running(["prlimit", f"--nofile={limit}", *map(str, words)], env=environment()) as running:
                result = running.wait()
            self.assertIn(result.code, (0, 71), result)
            said += result.err
        self.assertRegex(said, r"--tls-(ca|cert|key) '[^']*': Too many open files")

    def test_a_bad_one_of_a_variable_or_a_configuration_file_is_78_and_names_its_place(self):
        pair, other = self.authority.issue("client"), self.authority.issue("other")
        cert, key = ("tls-cert", pair.certificate), ("tls-key", pair.key)
        pipe = self.authority.folder / "pipe of another place"
        os.mkfifo(pipe)
        for settings, why in (([("tls-ca", "/nowhere")], "'/nowhere': No such file"), ([("tls-ca", "/etc/passwd")], "'/etc/passwd': "),
                              ([("tls-ca", pipe)], "not a file"), ([key, ("tls-cert", pipe)], "not a file"),
                              ([key, ("tls-cert", "/nowhere")], "'/nowhere': No such file"), ([key, ("tls-cert", pair.key)], pair.key),
                              ([cert, ("tls-key", "/nowhere")], "'/nowhere': No such file"), ([cert, ("tls-key", other.key)], other.key),
                              ([cert], "--tls-key"), ([key], "--tls-cert")):
            bad = settings[-1][0]
            variables = {"LIMITERS_" + name.upper().replace("-", "_"): str(path) for name, path in settings}
            file = self.authority.folder / "limiters.toml"
            file.write_text("# ours\n" + "".join(f'{name} = "{path}"\n' for name, path in settings))
            ca = [] if bad == "tls-ca" else ["--tls-ca", self.authority.certificate]
            for command in (["doctor"], [*SEM, "echo", "ran"]):
                with self.subTest(settings=settings, command=command[0]):
                    by_variable = limiters(*ca, *command, redis=self.server.tls_url, env=variables)
                    by_file = limiters(*ca, "--config", file, *command, redis=self.server.tls_url)
                    self.assertNamed(by_variable, list(variables)[-1], str(why))
                    self.assertNamed(by_file, f"{file}:{len(settings) + 1}: {bad}", str(why))

    def assertNamed(self, result, *parts):
        self.assertEqual(result.code, 78, result)
        for part in parts:
            self.assertIn(part, result.err + result.out)  # doctor tells its findings on stdout

    def test_an_encrypted_key_is_refused_and_nothing_of_stdin_is_taken_for_its_pass_phrase(self):
        pair = self.authority.issue("client")
        pkcs8, traditional = self.authority.folder / "pkcs8.key", self.authority.folder / "traditional.key"
        openssl("pkey", "-in", pair.key, "-aes256", "-passout", "pass:abcd", "-out", pkcs8)
        openssl("pkey", "-in", pair.key, "-aes256", "-passout", "pass:abcd", "-traditional", "-out", traditional)
        for key in (pkcs8, traditional):
            with self.subTest(key.name):
                result = self.run_tls("--tls-cert", pair.certificate, "--tls-key", key, stdin="abcd\nrest\n", command=["cat"])
                self.assertRefused(result, 64, f"--tls-key '{key}': the key is encrypted", "openssl pkey")

    def test_a_key_that_was_encrypted_serves_when_it_is_decrypted_as_the_message_says(self):
        pair = self.authority.issue("client")
        encrypted, new = self.authority.folder / "encrypted.key", self.authority.folder / "new.key"
        openssl("pkey", "-in", pair.key, "-aes256", "-passout", "pass:abcd", "-out", encrypted)
        openssl("pkey", "-in", encrypted, "-passin", "pass:abcd", "-out", new)
        self.assertRan(self.run_tls("--tls-cert", pair.certificate, "--tls-key", new))

    def test_a_pipe_a_device_or_a_folder_is_refused_and_holds_up_nothing(self):
        pair = self.authority.issue("client")
        pipe = self.authority.folder / "pipe"
        os.mkfifo(pipe)
        for path in (pipe, "/dev/zero", self.authority.folder):
            for options in (["--tls-cert", path, "--tls-key", pair.key], ["--tls-cert", pair.certificate, "--tls-key", path]):
                with self.subTest(options=options):
                    self.assertRefused(self.run_tls(*options), 64, f"'{path}': not a file")
        for path in (pipe, "/dev/zero"):
            self.assertRefused(self.run_tls(ca=path), 64, f"--tls-ca '{path}': not a file")

    def test_a_pipe_that_would_be_empty_at_the_next_connection_is_refused_at_the_first(self):
        pair = self.authority.issue("client")
        script = f'exec "$0" --redis {self.server.tls_url} --tls-ca {self.authority.certificate} --tls-key {pair.key} ' \
                 f'--tls-cert <(cat {pair.certificate}) "$@"'
        with Running(["bash", "-c", script, BINARY, *SEM, "echo", "ran"], env=environment()) as running:
            self.assertRefused(running.wait(), 64, "--tls-cert '/dev/fd/", "a pipe will not do")


if __name__ == "__main__":
    unittest.main()
