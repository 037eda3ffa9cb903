# An image of nothing but limiters and the authorities of TLS:  docker build -t limiters .
#
# It is there to be copied from:  COPY --from=limiters /limiters /usr/local/bin/
# or to be the first process of a container, in which CMD must be there too.
ARG DEBIAN=docker.io/library/debian:12-slim
FROM ${DEBIAN} AS build
COPY . /limiters
RUN cd /limiters && ./install.sh --prefix /built && apt-get install -y --no-install-recommends ca-certificates

FROM scratch
COPY --from=build /built/bin/limiters /limiters
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
ENTRYPOINT ["/limiters"]
