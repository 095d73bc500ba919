/**
 * message: decodes one text of the server into one of the messages of `bellwether.v1`, by hand,
 * because each comes many times a second. What fits none of them is a fault with a reason.
 */
import type { Envelope, ErrorCode, Gap, Limits, Position, Role } from './generated/types.ts'
import { faultOf, isObject } from './shape.ts'

export type Delivered =
  | { readonly is: 'envelope'; readonly envelope: Envelope }
  | { readonly is: 'gap'; readonly topic: string; readonly gap: Gap }

export type Message =
  | Delivered
  | { readonly is: 'welcome'; readonly welcome: Welcome }
  /** Some requests are answered with more: a publication with the position that it got. */
  | { readonly is: 'ok'; readonly id: number; readonly position: unknown }
  | { readonly is: 'error'; readonly error: Refusal }
  | { readonly is: 'pong'; readonly ts: number }
  /** Something of a newer server that this client does not know. */
  | { readonly is: 'unknown' }

export interface Welcome {
  readonly session: string
  readonly server: string
  readonly ts: number
  readonly role: Role
  readonly limits: Limits
}

export interface Refusal {
  readonly id?: number
  readonly code: ErrorCode
  readonly detail: string
  readonly limit?: number
}

/** A text that no message has. */
export class MalformedMessage extends Error {}

/** Throws `MalformedMessage`. */
export function decodeMessage(text: string): Message {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    throw new MalformedMessage('a message is no JSON')
  }
  if (!isObject(message)) throw new MalformedMessage('a message is no object')
  if (typeof message.topic === 'string') return decodeDelivered(message.topic, message)
  switch (message.op) {
    case 'welcome':
      if (isWelcome(message)) return { is: 'welcome', welcome: message }
      break
    case 'ok':
      if (isNumber(message.id)) return { is: 'ok', id: message.id, position: message.position }
      break
    case 'pong':
      if (isNumber(message.ts)) return { is: 'pong', ts: message.ts }
      break
    case 'error':
      if (isRefusal(message)) return { is: 'error', error: message }
      break
    default:
      if (typeof message.op === 'string') return { is: 'unknown' }
  }
  throw new MalformedMessage(`a message of op ${String(message.op)} has not the fields it should`)
}

/** What reaches a subscriber of a topic. Throws `MalformedMessage`. */
export function decodeDelivered(topic: string, message: Record<string, unknown>): Delivered {
  if (isGap(message.gap)) return { is: 'gap', topic, gap: message.gap }
  if (isEnvelope(message)) return { is: 'envelope', envelope: message }
  throw new MalformedMessage(`an envelope of ${topic} has not the fields it should`)
}

function isEnvelope(
  message: Record<string, unknown>,
): message is Envelope & Record<string, unknown> {
  if (!isNumber(message.ts) || !isCount(message.epoch) || !isCount(message.offset)) {
    return false
  }
  if (message.type === 'event') return 'data' in message
  return message.type === 'state' && (isObject(message.full) || isObject(message.patch))
}

function isGap(gap: unknown): gap is Gap {
  if (!isObject(gap) || !isPosition(gap.to)) return false
  const known = gap.from === undefined || isPosition(gap.from)
  return known && faultOf('GapReason', gap.reason) === undefined
}

export function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.length === 2 && value.every(isCount)
}

function isWelcome(message: Record<string, unknown>): message is Record<string, unknown> & Welcome {
  return (
    typeof message.session === 'string' &&
    typeof message.server === 'string' &&
    isNumber(message.ts) &&
    faultOf('Role', message.role) === undefined &&
    faultOf('Limits', message.limits) === undefined
  )
}

function isRefusal(message: Record<string, unknown>): message is Record<string, unknown> & Refusal {
  return (
    (message.id === undefined || isNumber(message.id)) &&
    faultOf('ErrorCode', message.code) === undefined &&
    typeof message.detail === 'string'
  )
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}

/** A number that counts: above 2^53 two neighbours would look the same. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && isNumber(value) && value >= 0
}
