/**
 * merge_patch: JSON Merge Patch (RFC 7396), copy-on-write. Branches that a patch does not change stay
 * the same objects, so that whoever compares by identity sees what moved and nothing else.
 */
import { isObject } from './shape.ts'

type Fields = Record<string, unknown>

/** The state after the patch; the very same object when nothing changed. */
export function applyPatch(target: Fields, patch: Fields): Fields {
  let result: Fields | undefined
  for (const key of Object.keys(patch)) {
    // The one key that assignment takes for something else. No field of ours has that name.
    if (key === '__proto__') continue
    const change = patch[key]
    const before = Object.hasOwn(target, key) ? target[key] : undefined
    const after = isObject(change) ? applyPatch(isObject(before) ? before : {}, change) : change
    if (after === before && before !== undefined) continue
    if (after === null) {
      if (before === undefined) continue
      result ??= { ...target }
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a copy of plain JSON
      delete result[key]
    } else {
      result ??= { ...target }
      result[key] = after
    }
  }
  return result ?? target
}
