/** How many alerts fire that nobody has seen, for the bell and the way to them. Filled by the furniture. */

import { shallowRef } from 'vue'
import type { Badge } from './badge'

export const alertBadge = shallowRef<Badge>({ count: 0, worst: 'ok' })
