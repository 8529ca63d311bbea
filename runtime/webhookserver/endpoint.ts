import express from 'express'
import type { ErrorRequestHandler, RequestHandler, Response, Router } from 'express'
import type { Logger } from '../logging/logger.ts'
import { startDeadline } from '../transport/deadline.ts'
import type { AdmissionAnswer, AdmissionHandler, AdmissionRequest } from './admission.ts'
import { answerReview, failedReview, parseReview, uidOf } from './review.ts'
import type { WebhookMetrics } from './webhookMetrics.ts'

export interface EndpointOptions {
  readonly path: string
  readonly handler: AdmissionHandler
  readonly handlerDeadlineMs: number
  readonly logger: Logger
  readonly metrics: WebhookMetrics
}

/** Objects are at most 3 MB in etcd; a review holds the new and the old one and some more. */
const bodyLimit = '7mb'

/**
 * The endpoint of one admission handler. Whatever happens, the answer is an AdmissionReview. A
 * handler that fails answers HTTP 500, not a refusal: so it is the webhook's failurePolicy that decides.
 */
export function createEndpoint(options: EndpointOptions): Router {
  const router = express.Router()
  const { path } = options
  router.use(path, measured(options))
  router.post(path, typeChecked, express.json({ limit: bodyLimit }), answered(options))
  router.all(path, (_request, response) => {
    refuse(response, 405, 'admission requests are POSTed')
  })
  router.use(path, failed(options))
  return router
}

const typeChecked: RequestHandler = (request, response, next) => {
  if (request.is('application/json') !== false) next()
  else refuse(response, 415, 'the content type must be application/json')
}

function measured({ path, metrics }: EndpointOptions): RequestHandler {
  return (_request, response, next) => {
    const startMs = performance.now()
    metrics.started(path)
    response.once('close', () => {
      metrics.ended(path, response.statusCode, (performance.now() - startMs) / 1000)
    })
    next()
  }
}

function answered(options: EndpointOptions): RequestHandler {
  const { path, handler, handlerDeadlineMs, logger, metrics } = options
  return async (request, response) => {
    const review = parseReview(request.body)
    if (typeof review === 'string') {
      refuse(response, 400, review, uidOf(request.body))
      return
    }
    const givenMs = timeoutOf(request.query['timeout']) ?? handlerDeadlineMs
    const deadline = startDeadline(Math.min(givenMs, handlerDeadlineMs))
    try {
      const answer = await beforeDeadline(handler, review, deadline.signal)
      if (!answer.allowed) metrics.refused(path)
      response.json(answerReview(review.uid, answer))
    } catch (error) {
      const { namespace, name, operation, uid } = review
      logger.error('admission handler failed', { path, uid, operation, namespace, name, error })
      // The cause is in the log, not in the answer: it may name what the user has no right to know.
      const message = deadline.expired()
        ? 'the webhook did not come to an end in time'
        : 'the webhook failed; its log says why'
      response.status(500).json(failedReview(uid, 500, message))
    } finally {
      deadline.clear()
    }
  }
}

/** A handler that does not look at its signal must not keep the answer waiting. */
async function beforeDeadline(
  handler: AdmissionHandler,
  review: AdmissionRequest,
  signal: AbortSignal,
): Promise<AdmissionAnswer> {
  const late = Promise.withResolvers<never>()
  signal.addEventListener(
    'abort',
    () => {
      late.reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    },
    { once: true },
  )
  return Promise.race([handler(review, signal), late.promise])
}

/** What the body parser throws carries a status and a message for the user. */
function failed({ path, logger }: EndpointOptions): ErrorRequestHandler {
  // Express knows error handlers by their four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (error: unknown, _request, response, _next) => {
    const status = statusOf(error)
    if (status === 413) refuse(response, 413, `the body is larger than ${bodyLimit}`)
    else if (status < 500) refuse(response, status, 'the body could not be read as JSON')
    else {
      logger.error('admission request failed', { path, error })
      refuse(response, 500, 'the webhook failed; its log says why')
    }
  }
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('status' in error)) return 500
  return typeof error.status === 'number' ? error.status : 500
}

function refuse(response: Response, status: number, message: string, uid = ''): void {
  // The rest of a body that is too large is not read.
  if (status === 413) response.setHeader('connection', 'close')
  response.status(status).json(failedReview(uid, status, message))
}

/** The API server tells in the query how long it will wait: `timeout=10s`. */
function timeoutOf(value: unknown): number | undefined {
  const [, seconds] = typeof value === 'string' ? (/^(\d+)s$/.exec(value) ?? []) : []
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
