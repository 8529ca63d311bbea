# Operator, webhook and console in one image; the manifests choose by the command.
#   docker build -f build/docker/operator.Dockerfile -t baton.dev/operator:0.1.0 .
FROM node:24-bookworm-slim AS build
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node build/bundle/main.ts operator/main.ts /out/operator.js \
 && node build/bundle/main.ts webhook/main.ts /out/webhook.js \
 && node build/bundle/main.ts cli/main.ts /out/console.js --page

# The same Debian as the build, with the libraries that node links to.
FROM node:24-bookworm-slim
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /out/ /baton/
# Numeric: runAsNonRoot is checked against the number.
USER 1337:1337
ENTRYPOINT ["/usr/local/bin/node"]
CMD ["/baton/operator.js"]
