/** What a tile shows of the last minutes. */
export interface Strip {
  readonly at: ArrayLike<number>
  readonly values: ArrayLike<number>
  readonly intervalMs: number
  readonly spanMs: number
  readonly top: number
  /** What the top of the strip stands for. */
  readonly topText: string
}
