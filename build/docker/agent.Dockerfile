# The agent, with the launcher that its init container copies into the pod.
#   docker build -f build/docker/agent.Dockerfile -t baton.dev/agent:0.1.0 .
FROM node:24-bookworm-slim AS build
# The launcher is static: musl, with the kernel's headers.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc musl-tools linux-libc-dev
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node build/bundle/main.ts agent/main.ts /out/agent.js \
 && node --eval "import('./launcher/build.ts').then((build) => build.buildLauncher({ outFile: '/out/launcher' }))"

# The same Debian as the build, with the libraries that node links to.
FROM node:24-bookworm-slim
# For pods whose traffic can be intercepted: iptables of both kinds, and ip.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends iptables iproute2 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /out/ /baton/
# Numeric: runAsNonRoot is checked against the number.
USER 1337:1337
ENTRYPOINT ["/usr/local/bin/node", "/baton/agent.js"]
