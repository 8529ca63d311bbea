import { object, optional, string } from '../../api/decode.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'

const review = object({
  status: optional(object({ userInfo: optional(object({ username: optional(string) })) })),
})

/** An answer that waits longer than this is none: somebody waits. */
const DEADLINE_MS = 5_000

/**
 * As whom the API server knows us (SelfSubjectReview, Kubernetes 1.28). @throws ApiError
 * Unauthorized when it knows nobody by these credentials
 */
export async function whoAmI({ client }: Cluster): Promise<string> {
  const answer = await client.transport.request({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    deadlineMs: DEADLINE_MS,
    retry: false,
  })
  return review(answer, 'SelfSubjectReview').status?.userInfo?.username ?? ''
}
