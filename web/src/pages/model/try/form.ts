/**
 * form: from a JSON Schema of one row to fields, and from what is typed to a row. An empty field is a
 * missing value, which a model has learned to live with: it is left out. Plain functions.
 */

import type { Property, RowSchema } from '../../model-parts/answers'

export interface Field {
  readonly name: string
  readonly title: string
  readonly hint: string
  readonly kind: 'number' | 'choice' | 'text'
  readonly choices: readonly string[]
}

type Typed = Readonly<Record<string, string>>

function typesOf({ type }: Property): readonly string[] {
  return typeof type === 'string' ? [type] : (type ?? [])
}

function isNumber(property: Property): boolean {
  return typesOf(property).some((type) => type === 'number' || type === 'integer')
}

function choicesOf(property: Property): string[] {
  if (property.enum) return property.enum.filter((one) => one !== null).map(String)
  return typesOf(property).includes('boolean') ? ['true', 'false'] : []
}

function fieldOf(name: string, property: Property): Field {
  const choices = choicesOf(property)
  const range = [property.minimum, property.maximum]
  const known = range.every((end) => end !== undefined)
  return {
    name,
    title: property.title ?? name,
    hint: property.description ?? (known ? range.join(' to ') : ''),
    kind: choices.length > 0 ? 'choice' : isNumber(property) ? 'number' : 'text',
    choices,
  }
}

export function fieldsOf(schema: RowSchema): Field[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => fieldOf(name, property))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The form filled with a typical row. */
export function typicalOf(schema: RowSchema): Record<string, string> {
  const [row = {}] = schema.examples ?? []
  return Object.fromEntries(
    Object.keys(schema.properties ?? {}).map((name) => {
      const value = row[name]
      return [name, value === undefined || value === null ? '' : textOf(value)]
    }),
  )
}

export type Row = Readonly<Record<string, unknown>>

/** The row, or what is wrong with the fields that cannot be read. */
export function rowOf(
  schema: RowSchema,
  typed: Typed,
): { readonly row: Row } | { readonly wrong: Typed } {
  const row: Record<string, unknown> = {}
  const wrong: Record<string, string> = {}
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const text = (typed[name] ?? '').trim()
    if (text === '') continue
    const choices = choicesOf(property)
    if (choices.length > 0) {
      // As the schema has it: a number among choices stays a number.
      row[name] = property.enum?.find((one) => String(one) === text) ?? text === 'true'
    } else if (isNumber(property)) {
      const number = Number(text.replace(',', '.'))
      if (Number.isFinite(number)) row[name] = number
      else wrong[name] = `“${text}” is no number. Write one such as 12.5, or leave it empty.`
    } else row[name] = text
  }
  return Object.keys(wrong).length > 0 ? { wrong } : { row }
}
