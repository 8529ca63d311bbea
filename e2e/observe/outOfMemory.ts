import type { Cluster } from '../cluster/cluster.ts'

/** Left of the container's limit: less than any proxy has to itself. */
const LEFT_BYTES = 4 * 2 ** 20

/**
 * Lets the kernel kill a process because its container has no memory left. Another process joins its
 * cgroup and takes what the limit leaves; then it goes. The victim's score is the highest there can
 * be, since otherwise the kernel would take the other one.
 */
export async function outOfMemory(cluster: Cluster, pid: number): Promise<void> {
  await cluster.enter(['sh', '-c', SCRIPT, 'sh', String(pid), String(LEFT_BYTES)])
}

/** cgroup v1 has a folder for each controller, v2 one for all. `tail` keeps a line without an end. */
const SCRIPT = `
set -e
v1=$(sed -n 's/^[0-9]*:memory://p' /proc/$1/cgroup)
if [ -n "$v1" ]; then
  group=/sys/fs/cgroup/memory$v1; limit=$(cat $group/memory.limit_in_bytes)
else
  group=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/$1/cgroup); limit=$(cat $group/memory.max)
fi
echo 1000 > /proc/$1/oom_score_adj
echo $$ > $group/cgroup.procs
head -c $((limit - $2)) /dev/zero | tail > /dev/null || true
if [ -e /proc/$1 ]; then echo "process $1 was not killed" >&2; exit 1; fi
`
