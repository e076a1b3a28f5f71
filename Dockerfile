# The server, and the command line. The policies are yours: mount them at /policies, or build an image on this one with
# `COPY policies /policies`. `.ci/image.mjs` checks every stage, where no Docker runs too.

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# What the image holds is what the package holds: one list of files, `files` in package.json.
RUN npm pack --silent && tar -xzf jit-access-*.tgz

FROM node:24-bookworm-slim AS dependencies
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /jit
COPY --from=dependencies /build/node_modules ./node_modules
COPY --from=build /build/package ./
# Not the example company's, which lie in /jit/policies: without any, the server says so and does not start.
ENV NODE_ENV=production JIT_POLICY_DIR=/policies
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/entry/server.js"]
