/** use-registry: what can be done with a version besides deploying it; each done when its status says so. */

import type { ModelStatus } from '@bellwether/client'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { useRest } from '../../../live/rest'
import { titleOf } from '../../model-parts/names'
import { useAction } from '../../model-parts/use-action'
import type { ModelView } from '../../model-parts/use-model'

export type Routed =
  | { readonly shadow: string | null }
  | { readonly split: { readonly model_id: string; readonly share: number } | null }

export function useRegistry({ name, versions }: ModelView, changed: () => void) {
  const rest = useRest()
  const { pending, failed, act } = useAction()
  const ofName = (): string => `/api/models/${encodeURIComponent(name.value)}`
  const find = (id: string): ModelStatus | undefined =>
    versions.value.find(({ model }) => model === id)

  return {
    pending,
    failed,
    setAlias: (id: string, alias: string) =>
      act({
        name: `alias ${id}`,
        run: () =>
          rest(`${ofName()}/aliases/${encodeURIComponent(alias)}`, {
            method: 'PUT',
            body: { model_id: id },
          }),
        done: () => find(id)?.aliases.includes(alias) === true,
        said: `${titleOf(id)} is ${alias}.`,
      }),
    takeAlias: (id: string, alias: string) =>
      act({
        name: `alias ${id}`,
        run: () => rest(`${ofName()}/aliases/${encodeURIComponent(alias)}`, { method: 'DELETE' }),
        done: () => find(id)?.aliases.includes(alias) !== true,
        said: `${titleOf(id)} is no longer ${alias}.`,
      }),
    route: async (routed: Routed, said: string) => {
      const done = await act({
        name: 'routing',
        run: () => rest(`${ofName()}/routing`, { method: 'PUT', body: routed }),
        // Routing is no part of a status: its own answer is the word for it.
        done: () => true,
        said,
      })
      if (done) changed()
      return done
    },
    remove: (id: string) =>
      act({
        name: `delete ${id}`,
        run: () => rest(`/api/models/${encodeURIComponent(id)}`, { method: 'DELETE' }),
        done: () => find(id) === undefined,
        said: `${titleOf(id)} is deleted.`,
      }),
    bring: (file: File) =>
      act({
        name: 'import',
        run: () =>
          rest(`/api/models/import?name=${encodeURIComponent(name.value)}`, {
            method: 'POST',
            raw: file,
          }),
        done: () => true,
        said: `${file.name} is imported as a new version of ${name.value}.`,
      }),
  }
}

export type RegistryActions = ReturnType<typeof useRegistry>
