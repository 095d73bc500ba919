/**
 * ring: rows of numbers in columns, outside of reactivity. Each value is written twice, so that the
 * whole, oldest to newest, is one contiguous piece of memory that charts read without a copy.
 * When it is full, a new row takes the place of the oldest.
 */
export class Ring {
  readonly #data: Float64Array
  #count = 0

  constructor(
    private readonly capacity: number,
    columns: number,
  ) {
    this.#data = new Float64Array(capacity * columns * 2)
  }

  get length(): number {
    return Math.min(this.#count, this.capacity)
  }

  push(row: ArrayLike<number>): void {
    this.#write(this.#count % this.capacity, row)
    this.#count += 1
  }

  /** Replaces the newest row. */
  amend(row: ArrayLike<number>): void {
    if (this.#count > 0) this.#write((this.#count - 1) % this.capacity, row)
  }

  clear(): void {
    this.#count = 0
  }

  /** Oldest to newest, no copy: what is pushed later may overwrite its beginning. */
  view(column: number): Float64Array {
    const { capacity, length } = this
    const end =
      this.#count <= capacity ? this.#count : ((this.#count - 1) % capacity) + 1 + capacity
    const base = column * capacity * 2
    return this.#data.subarray(base + end - length, base + end)
  }

  #write(at: number, row: ArrayLike<number>): void {
    for (let column = 0; column < row.length; column++) {
      const base = column * this.capacity * 2 + at
      this.#data[base] = this.#data[base + this.capacity] = row[column] ?? NaN
    }
  }
}
