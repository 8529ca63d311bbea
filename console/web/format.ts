/** `3 s`, `5 min`, `2 h`, `4 d` */
export function ageOf(time: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000))
  if (Number.isNaN(seconds)) return ''
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** `12,345`: the same for everybody who looks at one screen. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

/** `1 pod`, `2 pods` */
export function many(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** What of an image tells it from others of the same place: `envoy:1.40.0`. */
export function shortImage(image: string): string {
  const name = image.split('/').at(-1) ?? image
  return name.replace(/@sha256:([0-9a-f]{8})[0-9a-f]*$/, '@$1')
}
