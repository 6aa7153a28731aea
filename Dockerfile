# syntax=docker/dockerfile:1
# One image a service, and one for the audit: `docker build --target gateway .`

FROM rust:1.95.0-slim-bookworm AS rust
# The image's own toolchain, whatever components rust-toolchain.toml asks for.
ENV RUSTUP_TOOLCHAIN=1.95.0
RUN cargo install --locked --version 0.1.77 cargo-chef
WORKDIR /src

FROM rust AS plan
COPY . .
RUN cargo chef prepare --recipe-path /recipe.json

# All dependencies: this layer stays until Cargo.toml or Cargo.lock change.
FROM rust AS build
COPY --from=plan /recipe.json /recipe.json
RUN cargo chef cook --release --locked --workspace --bins --recipe-path /recipe.json
COPY . .
# Without -p: with one package's features the dependencies would be built a second time.
RUN cargo build --release --locked \
  --bin gateway --bin flights --bin booking --bin notification --bin payment-sandbox --bin audit

# glibc and libgcc, no shell, user 65532.
FROM gcr.io/distroless/cc-debian12:nonroot AS service
ENV HOST=0.0.0.0
STOPSIGNAL SIGTERM

FROM service AS gateway
COPY --from=build /src/target/release/gateway /usr/local/bin/gateway
EXPOSE 5000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["gateway", "health"]
ENTRYPOINT ["gateway"]

FROM service AS flights
COPY --from=build /src/target/release/flights /usr/local/bin/flights
# For `flights seed demo`.
WORKDIR /srv/airside
COPY data/demo data/demo
EXPOSE 3500
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["flights", "health"]
ENTRYPOINT ["flights"]

FROM service AS booking
COPY --from=build /src/target/release/booking /usr/local/bin/booking
EXPOSE 4000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["booking", "health"]
ENTRYPOINT ["booking"]

FROM service AS notification
COPY --from=build /src/target/release/notification /usr/local/bin/notification
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["notification", "health"]
ENTRYPOINT ["notification"]

FROM service AS payment-sandbox
COPY --from=build /src/target/release/payment-sandbox /usr/local/bin/payment-sandbox
EXPOSE 4500
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["payment-sandbox", "health"]
ENTRYPOINT ["payment-sandbox"]

FROM service AS audit
COPY --from=build /src/target/release/audit /usr/local/bin/audit
EXPOSE 8100
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["audit", "health"]
ENTRYPOINT ["audit"]
