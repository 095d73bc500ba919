/** use-rule-test: what the server would say of a rule as it is written, asked while somebody writes. */

import type { Rule, RuleTestAnswer } from '@bellwether/client'
import { type MaybeRefOrGetter, onScopeDispose, shallowRef, toValue, watch } from 'vue'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { reasonOf, useRest } from '../../live/rest'

const PAUSE_MS = 350

/** The rule, or why it is none yet. */
export type Written = { readonly rule: Rule } | { readonly wrong: string }

export function useRuleTest(written: MaybeRefOrGetter<Written>) {
  const rest = useRest()
  const answer = shallowRef<RuleTestAnswer>()
  const wrong = shallowRef('')
  let due: ReturnType<typeof setTimeout> | undefined
  let abort: AbortController | undefined

  async function test(rule: Rule): Promise<void> {
    const mine = new AbortController()
    abort = mine
    try {
      const path = `/api/rules/${encodeURIComponent(rule.name)}/test`
      const came = await rest<RuleTestAnswer>(path, {
        method: 'POST',
        body: rule,
        signal: mine.signal,
      })
      if (mine.signal.aborted) return
      answer.value = came
      wrong.value = ''
    } catch (error) {
      if (mine.signal.aborted) return
      answer.value = undefined
      wrong.value = reasonOf(error)
    }
  }

  watch(
    () => JSON.stringify(toValue(written)),
    () => {
      abort?.abort()
      clearTimeout(due)
      const now = toValue(written)
      if ('rule' in now) due = setTimeout(() => void test(now.rule), PAUSE_MS)
      else {
        answer.value = undefined
        wrong.value = now.wrong
      }
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    abort?.abort()
    clearTimeout(due)
  })
  return { answer, wrong }
}
