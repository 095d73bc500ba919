/**
 * format: turns measured numbers into words for people. Every number on the page passes here.
 * Enters: a number in the unit that its field names. Leaves: text, with a no-break space before the unit.
 * May not know where a number comes from, and never turns "unknown" into a number: unknown is a dash.
 */

/** What stands where nobody knows the value. */
export const UNKNOWN = '–'

/** Keeps number and unit on one line. */
export const NBSP = '\u00a0'

// The page speaks British English, so its numbers do too: a decimal comma in an English sentence
// would read as two numbers.
const LOCALE = 'en-GB'

const fixed = [0, 1, 2].map(
  (digits) =>
    new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
)

export type Maybe = number | undefined

export function known(value: Maybe): value is number {
  return value !== undefined && Number.isFinite(value)
}

export function withDigits(value: number, digits: 0 | 1 | 2): string {
  // -0.0 would come out as "-0.0".
  return (
    fixed[digits]?.format(value === 0 || Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value) ?? ''
  )
}

/** Three significant digits: 1.23, 12.3, 123. */
export function three(value: number): string {
  const size = Math.abs(value)
  if (size >= 99.95) return withDigits(value, 0)
  return withDigits(value, size >= 9.995 ? 1 : 2)
}

/** The largest step whose value is at least one; a rounded 1,000 moves up. */
export function scaled(value: number, base: number, names: readonly string[]): string {
  let step = 0
  let rest = value
  while (step < names.length - 1 && Math.abs(rest) >= base - 0.5) {
    rest /= base
    step += 1
  }
  const text = step === 0 ? withDigits(rest, 0) : three(rest)
  return `${text}${NBSP}${names[step] ?? ''}`
}

/** "43.1 %": one digit after the point, as it is measured. */
export function percent(value: Maybe): string {
  return known(value) ? `${withDigits(value, 1)}${NBSP}%` : UNKNOWN
}

/** "43 %": for sentences, where a tenth is noise; below one, a tenth is all there is. */
export function roughPercent(value: Maybe): string {
  if (!known(value)) return UNKNOWN
  return `${withDigits(value, value > 0 && value < 0.95 ? 1 : 0)}${NBSP}%`
}

/** "74 °C": for sentences, tiles and narrow columns; finer in physical.ts. */
export function roughCelsius(value: Maybe): string {
  return known(value) ? `${withDigits(value, 0)}${NBSP}°C` : UNKNOWN
}

/** "61.2 W", "1.20 kW". */
export function watts(value: Maybe): string {
  if (!known(value)) return UNKNOWN
  return Math.abs(value) < 999.5
    ? `${three(value)}${NBSP}W`
    : scaled(value, 1000, ['W', 'kW', 'MW'])
}

/** "3,210 rpm". */
export function rpm(value: Maybe): string {
  return known(value) ? `${withDigits(value, 0)}${NBSP}rpm` : UNKNOWN
}

/** "16.0 GiB": memory and file systems, in powers of 1,024. */
export function bytes(value: Maybe): string {
  return known(value) ? scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']) : UNKNOWN
}

/** "4.20 MB/s": transfers, in powers of 1,000, as disks are sold. */
export function bytesPerSecond(value: Maybe): string {
  return known(value) ? scaled(value, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s']) : UNKNOWN
}

/** "12.0 Mb/s": what passes a network, from bytes in a second to bits in a second. */
export function bitsPerSecond(bytesEachSecond: Maybe): string {
  if (!known(bytesEachSecond)) return UNKNOWN
  return scaled(bytesEachSecond * 8, 1000, ['b/s', 'kb/s', 'Mb/s', 'Gb/s', 'Tb/s'])
}

/** "1,234 /s". */
export function perSecond(value: Maybe): string {
  if (!known(value)) return UNKNOWN
  return `${withDigits(value, value > 0 && value < 10 ? 1 : 0)}${NBSP}/s`
}

/** "3.42 GHz". */
export function frequency(mhz: Maybe): string {
  return known(mhz) ? scaled(mhz * 1e6, 1000, ['Hz', 'kHz', 'MHz', 'GHz']) : UNKNOWN
}

/** "12 ms", "0.42 ms", "1.20 s": how long one thing took. */
export function latency(ms: Maybe): string {
  if (!known(ms)) return UNKNOWN
  if (ms >= 999.5) return `${three(ms / 1000)}${NBSP}s`
  return `${ms >= 9.95 ? withDigits(ms, 0) : three(ms)}${NBSP}ms`
}

/** "12 ms": for places where a fraction of a millisecond says nothing; never less than one. */
export function roughLatency(ms: Maybe): string {
  return known(ms) ? latency(Math.max(1, Math.round(ms))).replace(/\.\d+(?=.ms)/, '') : UNKNOWN
}

/** "2,412": things counted. */
export function count(value: Maybe): string {
  return known(value) ? withDigits(value, 0) : UNKNOWN
}

/** "0.42": a load average or a ratio. */
export function ratio(value: Maybe): string {
  return known(value) ? withDigits(value, 2) : UNKNOWN
}

const DAY = 86_400
const HOUR = 3_600
const MINUTE = 60

/** "12 d 3 h", "2 h 14 min", "3 min 5 s", "42 s": two units at most. */
export function duration(seconds: Maybe): string {
  if (!known(seconds)) return UNKNOWN
  const whole = Math.max(0, Math.floor(seconds))
  const pair = (big: number, bigName: string, small: number, smallName: string): string => {
    const first = `${withDigits(Math.floor(whole / big), 0)}${NBSP}${bigName}`
    const rest = Math.floor((whole % big) / small)
    return rest === 0 ? first : `${first} ${String(rest)}${NBSP}${smallName}`
  }
  if (whole >= DAY) return pair(DAY, 'd', HOUR, 'h')
  if (whole >= HOUR) return pair(HOUR, 'h', MINUTE, 'min')
  if (whole >= MINUTE) return pair(MINUTE, 'min', 1, 's')
  return `${String(whole)}${NBSP}s`
}

/** "12 s ago"; past an hour the time itself says more. */
export function ago(thenMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - thenMs) / 1000))
  if (seconds >= HOUR) return timeOrDate(thenMs, nowMs)
  if (seconds >= MINUTE) return `${String(Math.floor(seconds / MINUTE))}${NBSP}min ago`
  return `${String(seconds)}${NBSP}s ago`
}

const clock = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const shortClock = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})
const day = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' })

/** "09:43:02", local. */
export function time(ms: Maybe): string {
  return known(ms) ? clock.format(ms) : UNKNOWN
}

/** "09:43", local: for axes and for ranges of hours. */
export function shortTime(ms: Maybe): string {
  return known(ms) ? shortClock.format(ms) : UNKNOWN
}

/** "21 Nov": for axes that span days. */
export function date(ms: Maybe): string {
  return known(ms) ? day.format(ms) : UNKNOWN
}

/** "09:43:02" today, "20 Nov 09:43:02" on any other day. */
export function timeOrDate(ms: Maybe, nowMs: number): string {
  if (!known(ms)) return UNKNOWN
  const today = new Date(ms).toDateString() === new Date(nowMs).toDateString()
  return today ? clock.format(ms) : `${day.format(ms)}${NBSP}${clock.format(ms)}`
}

/** "09:43:02" today, "20 Nov 09:43" on any other day: for columns that are narrow. */
export function timeOrShortDate(ms: Maybe, nowMs: number): string {
  if (!known(ms)) return UNKNOWN
  const today = new Date(ms).toDateString() === new Date(nowMs).toDateString()
  return today ? clock.format(ms) : `${day.format(ms)}${NBSP}${shortClock.format(ms)}`
}

/** "2026-11-21 09:43:02 UTC": for tooltips, where somebody compares logs. */
export function utc(ms: Maybe): string {
  if (!known(ms)) return UNKNOWN
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** "09:40 – 09:55": a fixed range, with its date when that is not today. */
export function timeRange(fromMs: number, toMs: number, nowMs: number): string {
  const name = (ms: number): string => {
    const short = toMs - fromMs < 10 * MINUTE * 1000 ? clock.format(ms) : shortClock.format(ms)
    const today = new Date(ms).toDateString() === new Date(nowMs).toDateString()
    return today ? short : `${day.format(ms)} ${short}`
  }
  return `${name(fromMs)} – ${name(toMs)}`
}

/** Number and unit apart, for places that set the unit smaller. */
export function split(text: string): { number: string; unit: string } {
  const at = text.lastIndexOf(NBSP)
  return at < 0
    ? { number: text, unit: '' }
    : { number: text.slice(0, at), unit: text.slice(at + 1) }
}
