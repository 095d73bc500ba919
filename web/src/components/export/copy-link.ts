/** Links are the shell's to make: it knows the address. It gives components a way to ask for one. */

import { type InjectionKey, inject } from 'vue'

export type CopyLink = (kind: 'moment' | 'live') => void

export const COPY_LINK: InjectionKey<CopyLink> = Symbol('copy link')

/** Nothing where nobody can make links, as on a page of components. */
export function useCopyLink(): CopyLink | undefined {
  return inject(COPY_LINK, undefined)
}
