import type { ProxyRelease } from '../../build/setup/proxyPackages.ts'
import type { Origin } from '../../test/ledger/index.ts'
import type { Program } from '../../test/proxies/packaged.ts'
import type { PackagedPorts } from './packagedPod.ts'

export interface NginxOptions {
  /** Added to every response as `x-version`. */
  readonly release: ProxyRelease
  readonly ports: PackagedPorts
  readonly upstream: Pick<Origin, 'http' | 'tcp'>
  readonly program: Program
}

/** Below the prefix of a process: while it is there, every response ends its connection. */
export const LEAVING_FILE = 'leaving'

/** The configuration of a master with two workers, as agent/drain/README.md asks for it. */
export function nginxConfiguration(options: NginxOptions): string {
  const { release, ports, upstream, program } = options
  const [http, tcp] = [upstream.http, upstream.tcp].map(({ host, port }) => `${host}:${port}`)
  const isModern = keepsIdleConnections(program.version)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path temporary-${name};`)
    .join(' ')
  return `
load_module ${program.root}/usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
pid nginx.pid;
worker_processes 2;
events { worker_connections 2000; }

http {
    access_log off;
    ${temporary}
    keepalive_timeout 600s;
    keepalive_requests 1000000000;
    ${isModern ? 'keepalive_min_timeout 600s;' : ''}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_buffering off;
    proxy_request_buffering off;
    add_header x-version ${release} always;
    upstream origin { server ${http}; keepalive 16; }
    server {
        listen 0.0.0.0:${ports.http};
        root .;
        error_page 418 = @leaving;
        location / {
            if (-f $document_root/${LEAVING_FILE}) { return 418; }
            proxy_pass http://origin;
        }
        location @leaving { keepalive_timeout 0; proxy_pass http://origin; }
    }
    server {
        listen 0.0.0.0:${ports.http2}${isModern ? '' : ' http2'};
        ${isModern ? 'http2 on;' : ''}
        location / { proxy_pass http://origin; }
    }
}

stream {
    server { listen 0.0.0.0:${ports.tcp}; proxy_timeout 600s; proxy_pass ${tcp}; }
}
`
}

/** keepalive_min_timeout is there since 1.27.4. */
export function keepsIdleConnections(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return major * 1e6 + minor * 1e3 + patch >= 1_027_004
}
