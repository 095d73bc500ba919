/** use-deploy: putting a version into production and back; done when its status says so. */

// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { useRest } from '../../live/rest'
import { isInProduction, titleOf } from './names'
import { useAction } from './use-action'
import type { ModelView } from './use-model'

export function useDeploy({ name, versions, previous }: ModelView) {
  const rest = useRest()
  const { pending, failed, act } = useAction()

  const inProduction = (id: string) => (): boolean =>
    versions.value.some((one) => one.model === id && isInProduction(one))

  function deploy(id: string): Promise<boolean> {
    const was = versions.value.find(isInProduction)
    return act({
      name: `deploy ${id}`,
      run: () => rest(`/api/models/${encodeURIComponent(id)}/deploy`, { method: 'POST' }),
      done: inProduction(id),
      said: `${titleOf(id)} is in production${was ? ` in place of ${titleOf(was.model)}` : ''}.`,
      ...(was ? { undo: { text: 'Undo', run: () => void rollBack() } } : {}),
    })
  }

  async function rollBack(): Promise<boolean> {
    const target = previous.value
    return act({
      name: 'roll back',
      run: () => rest(`/api/models/${encodeURIComponent(name.value)}/rollback`, { method: 'POST' }),
      done: target ? inProduction(target.model) : () => true,
      said: target ? `${titleOf(target.model)} is in production again.` : 'Rolled back.',
    })
  }

  return { pending, failed, deploy, rollBack }
}
