/**
 * energy: whether the page should save. Enters: the wish of the person, the battery and the network where
 * the browser tells of them. Leaves: the saver of the live layer switched, and `data-energy` on <html>,
 * which stops tweens. That a page nobody sees asks for events only is the live layer's own doing.
 */

import { type Ref, onScopeDispose, readonly, shallowRef, watchEffect } from 'vue'
import { useConnection } from '../../live'
import { type EnergyWish, useSettings } from '../settings'

/** Below this a battery that is being emptied is low. */
const LOW_LEVEL = 0.2

export interface Supply {
  readonly batteryLow: boolean
  /** Whether the browser was asked to save data. */
  readonly saveData: boolean
}

export function shouldSave(wish: EnergyWish, supply: Supply): boolean {
  return wish === 'saver' || (wish === 'auto' && (supply.batteryLow || supply.saveData))
}

/** Battery Status and Network Information: not every browser has them, and Vue's types do not know them. */
interface Battery extends EventTarget {
  readonly charging: boolean
  readonly level: number
}
interface Telling {
  getBattery?(): Promise<Battery>
  readonly connection?: EventTarget & { readonly saveData?: boolean }
}

export function isLow({ charging, level }: { charging: boolean; level: number }): boolean {
  return !charging && level < LOW_LEVEL
}

function useSupply(browser: Telling): Readonly<Ref<Supply>> {
  const supply = shallowRef<Supply>({
    batteryLow: false,
    saveData: browser.connection?.saveData === true,
  })
  const stop = new AbortController()
  const { signal } = stop
  browser.connection?.addEventListener(
    'change',
    () => {
      supply.value = { ...supply.value, saveData: browser.connection?.saveData === true }
    },
    { signal },
  )
  async function watchBattery(): Promise<void> {
    const battery = await browser.getBattery?.()
    if (!battery || signal.aborted) return
    const look = (): void => {
      supply.value = { ...supply.value, batteryLow: isLow(battery) }
    }
    look()
    for (const event of ['chargingchange', 'levelchange']) {
      battery.addEventListener(event, look, { signal })
    }
  }
  // Refused is as good as not told.
  watchBattery().catch(() => undefined)
  onScopeDispose(() => stop.abort())
  return readonly(supply)
}

export function useEnergy(browser: Telling = navigator as Telling): void {
  const settings = useSettings()
  const connection = useConnection()
  const supply = useSupply(browser)
  watchEffect(() => {
    const save = shouldSave(settings.now.energy, supply.value)
    connection.setSaver(save)
    if (save) document.documentElement.dataset.energy = 'saver'
    else delete document.documentElement.dataset.energy
  })
}
