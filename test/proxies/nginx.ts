import { chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { podUid } from '../../launcher/testing/process.ts'
import { formatTarget } from '../ledger/target.ts'
import type { NginxFiles } from './nginxUpgrade.ts'
import { binaryUpgrade, nginxWords } from './nginxUpgrade.ts'
import type { Program } from './packaged.ts'
import { packagedProgram } from './packaged.ts'
import type { Proxy, Side, Surroundings } from './proxy.ts'
import { INSTANCES } from './proxy.ts'

const WORKERS: Readonly<Record<Side, number>> = { a: 2, b: 3 }

/** nginx of two releases, and two configurations of the newer one, which closes no idle clients. */
export function nginxes(): readonly Proxy[] {
  const own = packagedProgram('nginx', 'own')
  const other = packagedProgram('nginx', 'other')
  const between = nginx('nginx', { a: own, b: other })
  if (own.version === other.version || !keepsIdle(other)) return [between]
  return [nginx('nginx-keepalive', { a: other, b: other }), between]
}

function nginx(name: string, programs: Readonly<Record<Side, Program>>): Proxy {
  const title = (side: Side): string => `nginx ${programs[side].version}, ${WORKERS[side]} workers`
  const kept = keepsIdle(programs.a) && keepsIdle(programs.b)
  return {
    name,
    what: kept ? 'master-worker, keepalive_min_timeout' : 'master-worker',
    versions: { a: title('a'), b: title('b') },
    without: {},
    drain: () => ({ nginx: {} }),
    command: async (side, surroundings) => {
      const files = await writeNginx(surroundings, {
        instance: INSTANCES[side],
        program: programs[side],
        workers: WORKERS[side],
      })
      return nginxWords(programs[side].path, files)
    },
    own: binaryUpgrade(programs, (surroundings, side, shutdownSeconds) =>
      writeNginx(surroundings, {
        instance: 'own',
        program: programs[side],
        workers: WORKERS[side],
        shutdownSeconds,
      }),
    ),
  }
}

interface NginxOptions {
  readonly instance: string
  readonly program: Program
  readonly workers: number
  /** Workers that leave cut what they still have after so long; its own upgrade needs a bound. */
  readonly shutdownSeconds?: number
}

/** Writes a configuration for a master and its workers. */
async function writeNginx(surroundings: Surroundings, options: NginxOptions): Promise<NginxFiles> {
  const prefix = join(surroundings.directory, `nginx-${options.instance}`)
  const temporary = join(prefix, 'temporary')
  await mkdir(temporary, { recursive: true })
  const files = { prefix, file: join(prefix, 'nginx.conf'), pidFile: join(prefix, 'nginx.pid') }
  await writeFile(files.file, configuration(surroundings, options, files))
  if (process.getuid?.() === 0)
    for (const path of [prefix, temporary, files.file]) await chown(path, podUid, podUid)
  return files
}

/** `keepalive_min_timeout` came with 1.27.4; before it idle connections are closed at once. */
export function keepsIdle({ version }: Pick<Program, 'version'>): boolean {
  return isAtLeast(version, [1, 27, 4])
}

function configuration(
  { ports, upstream }: Surroundings,
  { program, workers, shutdownSeconds }: NginxOptions,
  { prefix, pidFile }: NginxFiles,
): string {
  // `http2 on` replaced the parameter of listen in 1.25.1.
  const h2 = isAtLeast(program.version, [1, 25, 1])
  const minimum = keepsIdle(program) ? 'keepalive_min_timeout 600s;' : ''
  // A master upgrades only when whoever started it is gone: not in the foreground.
  const daemon = shutdownSeconds === undefined ? 'off' : 'on'
  const bound = shutdownSeconds === undefined ? '' : `worker_shutdown_timeout ${shutdownSeconds}s;`
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `    ${name}_temp_path ${prefix}/temporary/${name};`)
    .join('\n')
  return `
load_module ${program.root}/usr/lib/nginx/modules/ngx_stream_module.so;
daemon ${daemon};
pid ${pidFile};
error_log ${prefix}/error.log warn;
worker_processes ${workers};
${bound}
events { worker_connections 8000; }

http {
    access_log off;
${temporary}
    keepalive_timeout 600s;
    keepalive_requests 1000000000;
    ${minimum}
    proxy_http_version 1.1;
    proxy_request_buffering off;
    proxy_buffering off;
    proxy_read_timeout 600s;
    grpc_read_timeout 600s;
    grpc_send_timeout 600s;
    client_body_timeout 600s;
    map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
    upstream http1 { server ${formatTarget(upstream.http)}; keepalive 64; }
    upstream http2 { server ${formatTarget(upstream.grpc)}; keepalive 64; }
    server {
        listen 0.0.0.0:${ports.http};
        location / {
            proxy_pass http://http1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
        }
    }
    server {
        listen 0.0.0.0:${ports.http2}${h2 ? '' : ' http2'};
        ${h2 ? 'http2 on;' : ''}
        location / {
            proxy_pass http://http1;
            proxy_set_header Connection "";
        }
        location /baton.Echo/ { grpc_pass grpc://http2; }
    }
}

stream {
    server { listen 0.0.0.0:${ports.tcp}; proxy_timeout 600s; proxy_pass ${formatTarget(upstream.tcp)}; }
    server { listen 0.0.0.0:${ports.dubbo}; proxy_timeout 600s; proxy_pass ${formatTarget(upstream.dubbo)}; }
}
`
}

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const own = version.split('.').map(Number)
  for (const [index, number] of wanted.entries()) {
    const part = own[index] ?? 0
    if (part !== number) return part > number
  }
  return true
}
