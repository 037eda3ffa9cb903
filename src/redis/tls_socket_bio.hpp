// The BIO by which OpenSSL reads and writes our socket.
#pragma once

struct bio_st;

namespace redis {

// OpenSSL's own calls write(2), which raises SIGPIPE when the server has gone; it would end CMD later. The socket stays
// the caller's.
bio_st* socket_bio(int fd);

}  // namespace redis
