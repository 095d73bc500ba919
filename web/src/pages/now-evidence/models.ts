/**
 * models: what Now says of models: which stand on its card, worst first, its two tiles, and whose lanes
 * stand on the timeline. Plain functions of the rows that the page of models shows.
 */

import type { TrainingProgress, TrainingStatus } from '@bellwether/client'
import * as format from '../../format/format'
import { type Status, worse, worstFirst } from '../../status/status'
import { perMinute, roughShare, share, wilson, interval } from '../model-parts/words'
import { RANK } from '../models/columns'
import { type ModelRow, isInUse } from '../models/rows'

/** Lines of the card. */
export const SHOWN = 5
/** Lanes that models may take of the timeline. */
export const LANES = 3

/** Those in use, worst first; the newest of the others fill what is left. */
export function onNow(rows: readonly ModelRow[]): ModelRow[] {
  const made = (row: ModelRow): number => row.status.created_at_ms
  return [...rows]
    .sort(
      (a, b) =>
        Number(isInUse(b)) - Number(isInUse(a)) ||
        RANK[b.health] - RANK[a.health] ||
        made(b) - made(a),
    )
    .slice(0, SHOWN)
}

/** Whoever has a finding, worst first. */
export function loud(rows: readonly ModelRow[]): ModelRow[] {
  return rows
    .filter((row) => isInUse(row) && (row.health === 'warn' || row.health === 'crit'))
    .sort((a, b) => worstFirst(a.health, b.health))
    .slice(0, LANES)
}

export interface ModelTile {
  readonly title: string
  readonly text: string
  readonly status: Status
  readonly word?: string
  readonly note: string
}

/** All predictions together, and the accuracy of the version that does worst: an average would hide it. */
export function tilesOf(rows: readonly ModelRow[]): ModelTile[] {
  const used = rows.filter(isInUse)
  if (used.length === 0) return []
  const rate = used.reduce((sum, { metrics }) => sum + (metrics?.predictions_per_minute ?? 0), 0)
  const made = used.reduce((sum, { metrics }) => sum + (metrics?.predictions ?? 0), 0)
  const models = `${format.count(used.length)} ${used.length === 1 ? 'version' : 'versions'} in use`
  return [
    {
      title: 'Predictions',
      text: perMinute(rate),
      status: made > 0 ? 'ok' : 'unknown',
      word: made > 0 ? 'Counted' : 'None yet',
      note: `${models}, ${format.count(made)} in all`,
    },
    accuracyTile(used),
  ]
}

function accuracyTile(used: readonly ModelRow[]): ModelTile {
  const known = used.flatMap((row) => (row.accuracy.kind === 'none' ? [] : [row]))
  const counted = known.filter(({ accuracy }) => accuracy.kind === 'labelled')
  const from = counted.length > 0 ? counted : known
  const shareOf = ({ accuracy }: ModelRow): number =>
    accuracy.kind === 'none' ? 1 : accuracy.share
  const [worst] = [...from].sort((a, b) => shareOf(a) - shareOf(b))
  if (!worst || worst.accuracy.kind === 'none')
    return {
      title: 'Accuracy',
      text: format.UNKNOWN,
      status: 'unknown',
      word: 'No labels',
      note: 'Known once labels come',
    }
  const which = used.length > 1 ? `worst: ${worst.title}` : worst.title
  if (worst.accuracy.kind === 'estimated')
    return {
      title: 'Accuracy',
      text: share(worst.accuracy.share),
      status: 'unknown',
      word: 'Estimated',
      note: `${which}, no label yet`,
    }
  const range = wilson(worst.accuracy.of, worst.accuracy.share)
  return {
    title: 'Accuracy',
    text: share(worst.accuracy.share),
    status: worst.health === 'unknown' ? 'ok' : worse('ok', worst.health),
    note: `${which}, ${format.count(worst.accuracy.of)} labelled${range ? `, ${interval(range)}` : ''}`,
  }
}

/** "churn: 64 %, about 40 s": a training that is under way. */
export function trainingText(
  { model_name: name, state, runs_before: waiting }: TrainingStatus,
  progress: TrainingProgress | undefined,
): string {
  if (state === 'queued')
    return waiting !== undefined && waiting > 0
      ? `${name} waits behind ${format.count(waiting)}`
      : `${name} starts soon`
  const done = progress ? roughShare(progress.progress_percent / 100) : ''
  const left =
    progress?.remaining_seconds === undefined
      ? ''
      : `about ${format.duration(progress.remaining_seconds)}`
  return [`training ${name}`, done, left].filter(Boolean).join(', ')
}
