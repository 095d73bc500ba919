/** Which notices somebody wants to see. What they did themselves is answered in any case. */

import type { Level, Notice } from '../../../components/notices'
import type { ToastWish } from '../../settings'

export const LEVEL_WORD: Record<Level, string> = {
  success: 'Done',
  info: 'Note',
  warning: 'Warning',
  danger: 'Critical',
}

/** Notices of the server have this before what they are about. */
export const FROM_SERVER = 'activity:'

export function wanted(list: readonly Notice[], wish: ToastWish): readonly Notice[] {
  if (wish === 'all') return list
  return list.filter(
    ({ source, level }) =>
      source?.startsWith(FROM_SERVER) !== true || (wish === 'critical' && level === 'danger'),
  )
}
