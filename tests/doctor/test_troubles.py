"""What doctor says of a server that cannot serve for a while, and over TLS."""

import unittest

from cli.case import PATIENCE
from doctor.case import DoctorTest
from support.certificates import Authority, TlsServer
from support.server import Server
from support.wait import eventually


class Trouble(DoctorTest):
    def server(self, config):
        server = self.enterContext(Server(config))
        self.url = server.url
        return server

    def test_a_server_whose_save_failed_is_a_problem_while_it_refuses_writes_and_a_note_when_not(self):
        server = self.server({"save": "3600 1", "dbfilename": "taken"})
        (server.folder / "taken" / "by a folder").mkdir(parents=True)
        server.call("BGSAVE")
        eventually(lambda: "rdb_last_bgsave_status:err" in server.call("INFO", "persistence"), PATIENCE)
        self.assertProblem(69, self.url, "could not save its data")
        server.call("CONFIG", "SET", "stop-writes-on-bgsave-error", "no")
        self.assertNote(self.url, "last write to disk failed", "free the disk")

    def test_a_server_that_loads_its_data_is_69(self):
        server = self.server({"key-load-delay": "20000", "loading-process-events-interval-bytes": "1024",
                              "rdbcompression": "no"})
        with server.client() as client:
            for i in range(1000):
                client.call("SET", f"ballast-{i}", f"{i:01100}")
        server.save()
        server.kill()
        server._launch()  # start() would wait until all is read
        eventually(lambda: "loading:1" in server.call("INFO", "persistence"), PATIENCE)
        self.assertProblem(69, self.url, "loading its data", "ask again")


class OverTls(DoctorTest):
    @classmethod
    def setUpClass(cls):
        cls.authority = cls.enterClassContext(Authority())
        cls.server = cls.enterClassContext(TlsServer(cls.authority, cls.authority.issue("server")))

    def test_all_is_well(self):
        self.assertHealthy(self.server.tls_url, "--tls-ca", str(self.authority.certificate))

    def test_a_server_that_is_not_trusted_is_69(self):
        self.assertProblem(69, self.server.tls_url, "certificate")


if __name__ == "__main__":
    unittest.main()
