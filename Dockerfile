# syntax=docker/dockerfile:1
# One image a service, one for the audit and one for the web front end: `docker build --target gateway .`

FROM rust:1.95.0-slim-bookworm AS rust
# The image's own toolchain, whatever components rust-toolchain.toml asks for.
ENV RUSTUP_TOOLCHAIN=1.95.0
RUN cargo install --locked --version 0.1.77 cargo-chef
WORKDIR /src

# Not the front end: a change of it builds nothing here.
FROM rust AS source
COPY Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY crates crates
COPY data data
COPY migrations migrations

FROM source AS plan
RUN cargo chef prepare --recipe-path /recipe.json

# All dependencies: this layer stays until Cargo.toml or Cargo.lock change.
FROM rust AS build
COPY --from=plan /recipe.json /recipe.json
RUN cargo chef cook --release --locked --workspace --bins --recipe-path /recipe.json
COPY --from=source /src ./
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

FROM node:24.21.0-bookworm-slim AS node
WORKDIR /srv/airside
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1

FROM node AS site
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
# What it is built with, too.
RUN npm ci --include=dev
COPY frontend ./
RUN npm run build

# The build has all that it needs of its packages in itself. User 1000.
FROM node AS frontend
COPY --from=site /srv/airside/.next/standalone ./
USER 1000:1000
ENV HOST=0.0.0.0
STOPSIGNAL SIGTERM
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((answer) => process.exit(answer.ok ? 0 : 1))"]
ENTRYPOINT ["node", "start.mjs"]
