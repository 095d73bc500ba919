/**
 * shape: checks what came from outside against the generated shapes, once, at the edge.
 * Fields that the shapes do not name are let through: a newer server may say more.
 */
import { shapes } from './generated/shapes.ts'

export type ShapeName = keyof typeof shapes

/** What a shape is made of; the grammar stands above `shapes()` in crates/signal. */
type Shape = string | readonly [Shape] | { readonly [field: string]: Shape | readonly string[] }

const byName: Readonly<Record<string, Shape | undefined>> = shapes

const KINDS: Readonly<Record<string, string | undefined>> = {
  n: 'number',
  s: 'string',
  b: 'boolean',
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Where a value departs from a shape, for people, or `undefined` where it does not. A branch that is
 * the same object as in `known` was checked before.
 */
export function faultOf(name: ShapeName, value: unknown, known?: unknown): string | undefined {
  return fault(name, value, known, '')
}

function fault(shape: Shape, value: unknown, known: unknown, path: string): string | undefined {
  if (value === known && value !== undefined) return undefined
  if (typeof shape === 'string') {
    if (shape === 'x') return undefined
    const kind = KINDS[shape]
    if (kind !== undefined)
      return typeof value === kind ? undefined : `${path || '.'} is no ${kind}`
    const named = byName[shape]
    return named === undefined ? undefined : fault(named, value, known, path)
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return `${path || '.'} is no array`
    return first(value, (item, index) => fault(shape[0], item, undefined, `${path}/${index}`))
  }
  const words = shape['|']
  if (Array.isArray(words)) {
    return words.includes(value) ? undefined : `${path || '.'} is none of ${words.join(', ')}`
  }
  if (!isObject(value)) return `${path || '.'} is no object`
  const before = isObject(known) ? known : {}
  const every = shape['*']
  if (every !== undefined) {
    return first(Object.keys(value), (key) =>
      fault(every as Shape, value[key], before[key], `${path}/${key}`),
    )
  }
  return first(Object.keys(shape), (field) => {
    const optional = field.endsWith('?')
    const key = optional ? field.slice(0, -1) : field
    if (optional && value[key] === undefined) return undefined
    return fault(shape[field] as Shape, value[key], before[key], `${path}/${key}`)
  })
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape)
}

function first<T>(
  items: readonly T[],
  check: (item: T, index: number) => string | undefined,
): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const found = check(items[index] as T, index)
    if (found !== undefined) return found
  }
  return undefined
}
